import GRDB
import TokenCore

/// The right to change the store, held for one mutation. Notes for the index what the mutation changes, and
/// for whoever is told of events what it put on record.
package struct StoreWriter: ~Copyable {
    let db: Database
    private(set) var changes: [StoreChange] = []
    private(set) var lines: [AuditLine] = []
    var tail: AuditTail

    init(db: Database, tail: AuditTail) {
        self.db = db
        self.tail = tail
    }

    /// Sees what this mutation has done so far.
    package var reader: StoreReader { StoreReader(db: db) }

    mutating func note(_ change: StoreChange) { changes.append(change) }

    mutating func note(_ line: AuditLine) { lines.append(line) }
}
