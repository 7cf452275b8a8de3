internal import Glibc
public import NIOCore

/// Cuts a stream of bytes into lines. A pure state machine: bytes in, lines out, memory bounded.
///
/// A line ends with `\n` (a `\r` before it is dropped); lines of white space alone are skipped. A line
/// longer than the limit is reported once, as soon as that is known, and the rest of it is thrown away up
/// to its end.
public struct LineFramer {
    public enum Piece {
        /// One line without its end, good until `settle` of the same call returns.
        case line(UnsafeRawBufferPointer)
        /// A line too long to be read. Its rest is drained without a further word.
        case overlong
    }

    public enum Step { case next, pause }

    private let lineBytesMax: Int
    private var buffer = ByteBuffer()
    /// How much of the buffer is known to hold no line end, so that a slow sender costs no second search.
    private var searchedBytes = 0
    private var isDraining = false

    public init(lineBytesMax: Int = Limits.lineBytesMax) { self.lineBytesMax = lineBytesMax }

    /// Whether a line has begun and not ended: what the time-out for partial lines looks at. After a pause it
    /// is also true while whole lines wait.
    public var hasPartialLine: Bool { buffer.readableBytes > 0 || isDraining }

    /// Bytes held: at most one line, plus what was appended and not read because of a pause.
    public var heldBytes: Int { buffer.readableBytes }

    /// Takes bytes as they were received. Nothing is copied when nothing was held.
    public mutating func append(_ chunk: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = chunk
            return
        }
        // What was read already must not keep its memory while the sender drips.
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(chunk)
    }

    /// Hands out what is complete, in order, until `body` says `pause`; call again to go on. At the end calls
    /// `settle`, until which all lines stay where they are. Neither may touch the framer.
    public mutating func forEachPiece(_ body: (Piece) -> Step, settle: () -> Void = {}) {
        var step = Step.next
        let consumed = buffer.withUnsafeReadableBytes { bytes in
            var start = 0
            while step == .next, let end = lineEnd(in: bytes, from: start) {
                step = takeLine(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), body)
                start = end + 1
            }
            settle()
            return start
        }
        buffer.moveReaderIndex(forwardBy: consumed)
        if step == .next { keepTail(body) }
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
    }

    /// Where the line that begins at `start` ends, searching nothing twice.
    private mutating func lineEnd(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let from = start + searchedBytes
        guard from < bytes.count, let base = bytes.baseAddress else { return nil }
        guard let found = memchr(base + from, Int32(UInt8(ascii: "\n")), bytes.count - from) else {
            return nil
        }
        searchedBytes = 0
        return UnsafeRawPointer(found) - base
    }

    private mutating func takeLine(_ line: UnsafeRawBufferPointer, _ body: (Piece) -> Step) -> Step {
        if isDraining {
            isDraining = false
            return .next
        }
        if line.count > lineBytesMax { return body(.overlong) }
        let text = line.last == UInt8(ascii: "\r") ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
        return Self.isBlank(text) ? .next : body(.line(text))
    }

    /// What is left has no line end: it waits, or is the beginning of something too long.
    private mutating func keepTail(_ body: (Piece) -> Step) {
        searchedBytes = buffer.readableBytes
        guard isDraining || buffer.readableBytes > lineBytesMax else { return }
        buffer = ByteBuffer()
        searchedBytes = 0
        if !isDraining {
            isDraining = true
            _ = body(.overlong)
        }
    }

    private static func isBlank(_ line: UnsafeRawBufferPointer) -> Bool {
        line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
    }
}
