import GRDB
package import TokenCore

extension TokenStore {
    /// Runs `body` on a reader's thread, on one snapshot of the database.
    package func read<T: Sendable>(
        _ body: @escaping @Sendable (StoreReader) throws -> T
    ) async throws -> T {
        do {
            return try await pool.read { db in try body(StoreReader(db: db)) }
        } catch {
            throw StorageError.translating(error)
        }
    }

    /// Every token that can still be asked about, live and revoked, with its owner (nil for services).
    /// Blocking: for start.
    package func loadTokens(_ each: (TokenRecord, PersonRecord?) -> Void) throws(StorageError) {
        do {
            try pool.read { db in
                let sql = """
                    SELECT \(TokenRecord.columns), \(PersonRecord.columns) FROM token t
                    LEFT JOIN person p ON p.source = t.owner_source AND p.id = t.owner_id
                    WHERE t.ending IS NOT 'purged'
                    """
                let rows = try Row.fetchCursor(db, sql: sql)
                while let row = try rows.next() {
                    each(
                        try TokenRecord(row: row),
                        try PersonRecord(optional: row, at: TokenRecord.columnCount))
                }
            }
        } catch {
            throw .closing(error)
        }
    }
}
