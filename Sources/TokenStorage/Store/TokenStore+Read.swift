import GRDB

extension TokenStore {
    /// Runs `body` on a reader's thread, on one snapshot of the database.
    package func read<T: Sendable>(
        _ body: @escaping @Sendable (StoreReader) throws -> T
    ) async throws -> T {
        await commits.readers.enter()
        defer { commits.readers.leave() }
        do {
            return try await pool.read { db in try body(StoreReader(db: db)) }
        } catch {
            throw StorageError.translating(error)
        }
    }
}
