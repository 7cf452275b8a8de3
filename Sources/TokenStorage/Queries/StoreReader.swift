import GRDB
import TokenCore

/// One snapshot of the database, for as long as the closure it is given to runs.
package struct StoreReader {
    let db: Database

    /// The number of the latest audit line in this snapshot.
    package var revision: Int64 {
        get throws { try AuditTail(db).seq }
    }
}
