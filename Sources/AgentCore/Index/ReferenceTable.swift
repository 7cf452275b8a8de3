import Synchronization

/// Objects by small numbers, for readers that take no lock of its own.
///
/// Cells never move: chunk k holds 1024 · 2^k of them. A number reaches a reader only through a slot, which
/// is written under its shard's lock after the cell was: so whoever reads the number sees the cell.
///
/// `@unchecked`: one writer at a time (the index's writing lock); readers load the cells atomically.
final class ReferenceTable<Value: AnyObject & Sendable>: @unchecked Sendable {
    private typealias Cell = Atomic<UnsafeRawPointer?>

    private static var firstChunk: UInt32 { 1024 }
    private static var chunksMax: Int { 22 }

    private let chunks: UnsafeMutablePointer<UnsafeMutablePointer<Cell>?>
    private(set) var count: UInt32 = 0

    init() {
        chunks = .allocate(capacity: Self.chunksMax)
        chunks.initialize(repeating: nil, count: Self.chunksMax)
    }

    deinit {
        for number in 0..<count {
            if let value = cell(number).pointee.load(ordering: .relaxed) {
                Unmanaged<Value>.fromOpaque(value).release()
            }
        }
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

    /// Only under the lock of a shard whose slot has the number: what the writer takes out of a cell it
    /// releases after all of them.
    @inline(__always)
    func read(_ number: UInt32) -> Value {
        let value = cell(number).pointee.load(ordering: .acquiring).unsafelyUnwrapped
        return Unmanaged<Value>.fromOpaque(value).takeUnretainedValue()
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

    /// Puts an object, or nothing, into a cell and hands out what was there. A reader may still be about to
    /// retain that: let it go only when none can be.
    func exchange(_ number: UInt32, _ value: Value?) -> Value? {
        let new = value.map { UnsafeRawPointer(Unmanaged.passRetained($0).toOpaque()) }
        let old = cell(number).pointee.exchange(new, ordering: .acquiringAndReleasing)
        return old.map { Unmanaged<Value>.fromOpaque($0).takeRetainedValue() }
    }
}
