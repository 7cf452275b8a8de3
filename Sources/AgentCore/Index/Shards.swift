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
