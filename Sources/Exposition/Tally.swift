internal import Glibc
internal import Metrics
internal import Synchronization

/// A counter that many threads add to without waiting for each other: each has a cell in a line of the
/// processor's cache that others seldom touch. Only the reader adds them up.
final class Tally: CounterHandler, Sendable {
    private static let cells = 16
    /// Words in a cache line.
    private static let stride = 8

    /// Written through atomics only.
    nonisolated(unsafe) private let words: UnsafeMutablePointer<Atomic<Int64>>

    init() {
        let count = Self.cells * Self.stride
        words = .allocate(capacity: count)
        for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
    }

    deinit {
        words.deinitialize(count: Self.cells * Self.stride)
        words.deallocate()
    }

    func increment(by amount: Int64) {
        words[Self.cell * Self.stride].wrappingAdd(amount, ordering: .relaxed)
    }

    var total: Int64 {
        (0..<Self.cells).reduce(0) { $0 &+ words[$1 * Self.stride].load(ordering: .relaxed) }
    }

    func reset() {
        for cell in 0..<Self.cells { words[cell * Self.stride].store(0, ordering: .relaxed) }
    }

    /// By the thread. Two threads in one cell are slower, and as right.
    private static var cell: Int {
        Int(truncatingIfNeeded: (UInt64(pthread_self()) &* 0x9E37_79B9_7F4A_7C15) >> 60)
    }
}
