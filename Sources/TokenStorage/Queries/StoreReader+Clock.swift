import GRDB
package import TokenCore

extension StoreReader {
    /// nil before the first was written.
    package func clockMark() throws -> ClockMark? {
        let row = try Row.fetchOne(db, sql: "SELECT mark, doubted FROM clock")
        return row.map { row in
            ClockMark(at: Timestamp(milliseconds: row[0]), doubted: TimeSpan(milliseconds: row[1]))
        }
    }

    /// When the latest change was made, by the clock of that time.
    package func lastChangeAt() throws -> Timestamp? {
        try Int64.fetchOne(db, sql: "SELECT at FROM audit ORDER BY seq DESC LIMIT 1").map(
            Timestamp.init(milliseconds:))
    }
}

extension TokenStore {
    /// What is on record of the time; nil when nothing is. Blocking: for start.
    package func clockMark(leap: TimeSpan) throws(StorageError) -> ClockMark? {
        do {
            return try pool.read { db in
                let reader = StoreReader(db: db)
                let last = try reader.lastChangeAt()
                return try reader.clockMark()?.raised(to: last, leap: leap) ?? last.map { ClockMark(at: $0) }
            }
        } catch {
            throw .closing(error)
        }
    }
}
