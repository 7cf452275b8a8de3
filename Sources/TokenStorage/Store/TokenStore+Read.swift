import Dispatch
import GRDB
import Synchronization
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

    /// Every token that can still be asked about, live and revoked, without its sealed copy.
    ///
    /// Two readers at a time, each with half of the user codes, call `take` on threads of their own, with a
    /// group of tokens and a way to look up their owners: nil for services. Blocking: for start.
    package func loadTokens(
        _ take: @Sendable ([TokenRecord], _ owner: (OwnerID) throws -> PersonRecord?) throws -> Void
    ) throws(StorageError) {
        let failure = Mutex<StorageError?>(nil)
        let middle = UserCode.count / 2
        DispatchQueue.concurrentPerform(iterations: 2) { half in
            do {
                let codes = half == 0 ? 0..<middle : middle..<UserCode.count
                try pool.read { db in try Self.loadTokens(codes, from: db, take) }
            } catch {
                failure.withLock { $0 = .closing(error) }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private static var loadedGroup: Int { 512 }

    private static func loadTokens(
        _ codes: Range<UInt64>, from db: Database,
        _ take: ([TokenRecord], _ owner: (OwnerID) throws -> PersonRecord?) throws -> Void
    ) throws {
        let sql = """
            SELECT \(TokenRecord.columns) FROM token t
            WHERE t.id >= ? AND t.id < ? AND t.ending IS NOT 'purged'
            """
        let range = [Int64(codes.lowerBound), Int64(codes.upperBound)]
        let rows = try Row.fetchCursor(db, sql: sql, arguments: StatementArguments(range))
        let owner = { (id: OwnerID) in id.isService ? nil : try StoreReader(db: db).person(id) }
        var group: [TokenRecord] = []
        group.reserveCapacity(loadedGroup)
        while let row = try rows.next() {
            group.append(try TokenRecord(unsealed: row))
            guard group.count == loadedGroup else { continue }
            try take(group, owner)
            group.removeAll(keepingCapacity: true)
        }
        try take(group, owner)
    }
}
