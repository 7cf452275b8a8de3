import CLinux
import TokenCore

/// What verify reads of an owner, or of terms, in one piece of memory: how the owner stands, then their part
/// of the answer. Two or three lines of the cache, one after the other.
///
/// It belongs to an object, which frees it, and which it knows without counting: counting references would
/// write to memory that all readers share.
///
/// `@unchecked`: written before anybody else sees it.
struct AnswerBlock: @unchecked Sendable {
    private struct Head {
        var object: Unmanaged<AnyObject>?
        let answerBytes: Int32
        let standing: Standing
    }

    private static let headBytes = 16

    let memory: UnsafeMutableRawPointer

    /// Tokens of nobody in particular, such as terms, stand like those of somebody present.
    init(_ answer: [UInt8], standing: Standing = .present) {
        memory = .allocate(
            byteCount: Self.headBytes + answer.count, alignment: MemoryLayout<Head>.alignment)
        let head = Head(object: nil, answerBytes: Int32(answer.count), standing: standing)
        memory.initializeMemory(as: Head.self, to: head)
        (memory + Self.headBytes).initializeMemory(as: UInt8.self, from: answer, count: answer.count)
    }

    @inline(__always)
    init(memory: UnsafeMutableRawPointer) { self.memory = memory }

    /// At the end of the owning object's `init`.
    func belongs(to object: AnyObject) { head.pointee.object = .passUnretained(object) }

    func free() { memory.deallocate() }

    @inline(__always)
    private var head: UnsafeMutablePointer<Head> { memory.assumingMemoryBound(to: Head.self) }

    @inline(__always)
    var standing: Standing { head.pointee.standing }

    @inline(__always)
    var answer: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: memory + Self.headBytes, count: Int(head.pointee.answerBytes))
    }

    /// Asks memory for three lines of the cache, which most are.
    @inline(__always)
    func prefetch() {
        clinux_prefetch(memory)
        clinux_prefetch(memory + 64)
        clinux_prefetch(memory + 128)
    }

    /// The object, counted: it may be kept.
    func object<T: Rendered>(_: T.Type) -> T {
        unsafeDowncast(head.pointee.object!.takeUnretainedValue(), to: T.self)
    }
}

/// Who has a block: owners and terms.
protocol Rendered: AnyObject, Sendable {
    var block: AnswerBlock { get }
}
