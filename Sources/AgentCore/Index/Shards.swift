import Synchronization

/// The tables of the index, each under its own lock.
///
/// `@unchecked`: the memory is allocated and freed here, never moves, and holds nothing but locks.
final class Shards: @unchecked Sendable {
    static let count = 256

    private let tables: UnsafeMutablePointer<Mutex<TokenTable>>

    init() {
        tables = .allocate(capacity: Self.count)
        for shard in 0..<Self.count { (tables + shard).initialize(to: Mutex(TokenTable())) }
    }

    deinit {
        tables.deinitialize(count: Self.count)
        tables.deallocate()
    }

    /// Room for that many tokens in all, in one piece. Codes spread at random: five standard deviations more
    /// than the average of a table is more than any will have.
    func reserve(_ count: Int) {
        let average = Double(count) / Double(Self.count)
        let capacity = TokenTable.capacity(for: Int(average + 5 * average.squareRoot()))
        let slots = TokenTable.allocate(capacity * Self.count)
        for shard in 0..<Self.count {
            withLock(shard) { $0.adopt(slots + shard * capacity, capacity: capacity) }
        }
    }

    /// The shard of a code, by the top eight bits of its hash.
    @inline(__always)
    static func number(of code: UInt64) -> Int { Int(truncatingIfNeeded: TokenTable.hash(code) >> 56) }

    @inline(__always)
    func withLock<T>(_ shard: Int, _ body: (inout TokenTable) -> T) -> T {
        tables[shard].withLock { body(&$0) }
    }

    @inline(__always)
    func withLock<T>(of code: UInt64, _ body: (inout TokenTable) -> T) -> T {
        withLock(Self.number(of: code), body)
    }

    /// Returns when whoever held the lock has let it go.
    func passThrough(_ shard: Int) { tables[shard].withLock { _ in } }
}
