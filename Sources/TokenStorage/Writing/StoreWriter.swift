import GRDB
import TokenCore

/// The right to change the store, held for one mutation. Notes for the index what the mutation changes.
package struct StoreWriter: ~Copyable {
    let db: Database
    private(set) var changes: [StoreChange] = []
    var tail: AuditTail

    init(db: Database, tail: AuditTail) {
        self.db = db
        self.tail = tail
    }

    /// Sees what this mutation has done so far.
    package var reader: StoreReader { StoreReader(db: db) }

    mutating func note(_ change: StoreChange) { changes.append(change) }
}
