import Dispatch
import GRDB
import GRDBSQLite
import Synchronization
import TokenCore

extension TokenStore {
    /// A reader's own: each has half of the user codes.
    private static let parts = 2
    private static let loadedGroup = 512

    /// How many tokens there are at most to be loaded.
    package func tokenCount() throws(StorageError) -> Int {
        do {
            return try pool.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM token") } ?? 0
        } catch {
            throw .closing(error)
        }
    }

    /// Whether any secret is sealed, by whatever key. Passes over the tokens until one is. Blocking.
    package func hasSealed() throws(StorageError) -> Bool {
        do { return try pool.read { try StoreReader(db: $0).hasSealed() } } catch {
            throw .closing(error)
        }
    }

    /// Every token that can still be asked about, live and revoked, in groups.
    ///
    /// Two readers at a time call `take` on threads of their own, each with a state that `make` made for it.
    /// Blocking: for start.
    package func loadTokens<State>(
        _ make: @Sendable () -> State,
        _ take: @Sendable (inout State, LoadedGroup, StoreReader) throws -> Void
    ) throws(StorageError) {
        let failure = Mutex<StorageError?>(nil)
        let span = UserCode.count / UInt64(Self.parts)
        DispatchQueue.concurrentPerform(iterations: Self.parts) { part in
            do {
                let first = UInt64(part) * span
                let codes = first..<(part == Self.parts - 1 ? UserCode.count : first + span)
                try pool.read { db in
                    var state = make()
                    try Self.load(codes, from: db, &state, take)
                }
            } catch {
                failure.withLock { $0 = .closing(error) }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private static func load<State>(
        _ codes: Range<UInt64>, from db: Database, _ state: inout State,
        _ take: (inout State, LoadedGroup, StoreReader) throws -> Void
    ) throws {
        let reader = StoreReader(db: db)
        var rows = try LoadedRows(codes, from: db)
        var group = LoadedGroup()
        group.tokens.reserveCapacity(loadedGroup)
        while try rows.next() {
            if try !rows.add(to: &group), let record = try reader.token(try rows.id) {
                group.rotated.append(record)
            }
            guard group.tokens.count + group.rotated.count >= loadedGroup else { continue }
            try rows.settle(&group)
            try take(&state, group, reader)
            group.removeAll()
        }
        try rows.settle(&group)
        try take(&state, group, reader)
    }
}
