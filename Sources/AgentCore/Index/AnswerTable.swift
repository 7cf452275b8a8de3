import Synchronization

/// Blocks by small numbers, for readers that take no lock of its own.
///
/// Cells never move: chunk k holds 1024 · 2^k of them. A number reaches a reader only through a slot, which
/// is written under its shard's lock after the cell was: so whoever reads the number sees the cell.
///
/// `@unchecked`: one writer at a time (the index's writing lock); readers load the cells atomically.
final class AnswerTable: @unchecked Sendable {
    private typealias Cell = Atomic<UnsafeMutableRawPointer?>

    private static let firstChunk: UInt32 = 1024
    private static let chunksMax = 22

    private let chunks: UnsafeMutablePointer<UnsafeMutablePointer<Cell>?>
    private(set) var count: UInt32 = 0

    init() {
        chunks = .allocate(capacity: Self.chunksMax)
        chunks.initialize(repeating: nil, count: Self.chunksMax)
    }

    deinit {
        for chunk in 0..<Self.chunksMax { chunks[chunk]?.deallocate() }
        chunks.deallocate()
    }

    @inline(__always)
    private func cell(_ number: UInt32) -> UnsafeMutablePointer<Cell> {
        let (chunk, offset) = Self.place(number)
        return chunks[chunk].unsafelyUnwrapped + offset
    }

    @inline(__always)
    private static func place(_ number: UInt32) -> (chunk: Int, offset: Int) {
        let scaled = number / firstChunk + 1
        let chunk = 31 - scaled.leadingZeroBitCount
        return (chunk, Int(number &- (1 << UInt32(chunk) - 1) &* firstChunk))
    }

    /// Only under the lock of a shard whose slot has the number, and good until that is let go: what was
    /// replaced is freed after each lock was free once.
    @inline(__always)
    func read(_ number: UInt32) -> AnswerBlock {
        AnswerBlock(memory: cell(number).pointee.load(ordering: .acquiring).unsafelyUnwrapped)
    }

    /// A new number, with its cell empty.
    func add() -> UInt32 {
        let (chunk, _) = Self.place(count)
        if chunks[chunk] == nil {
            let size = Int(Self.firstChunk) << chunk
            let cells = UnsafeMutablePointer<Cell>.allocate(capacity: size)
            for index in 0..<size { (cells + index).initialize(to: Cell(nil)) }
            chunks[chunk] = cells
        }
        count += 1
        return count - 1
    }

    /// A reader may still be looking at what was there: it has to live until none can be.
    func put(_ block: AnswerBlock?, at number: UInt32) {
        cell(number).pointee.store(block?.memory, ordering: .releasing)
    }
}
