/// Writes JSON into memory that is known to be large enough: the answers of the verify path.
///
/// One reservation an answer, where a `ByteBuffer` would check its room, and its ownership, at every piece.
struct JSONOutput {
    private let target: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ target: UnsafeMutableRawBufferPointer) { self.target = target }

    /// What a string takes at most: every byte may become `\u00XX`.
    static func room(for string: String) -> Int { string.utf8.count * 6 + 2 }

    /// What `body` writes, for keeping.
    static func bytes(room: Int, _ body: (inout JSONOutput) -> Void) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: room) { memory, count in
            var output = JSONOutput(UnsafeMutableRawBufferPointer(memory))
            body(&output)
            count = output.count
        }
    }

    @inline(__always)
    private mutating func write(_ byte: UInt8) {
        target[count] = byte
        count += 1
    }

    @inline(__always)
    private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        precondition(bytes.count <= target.count - count)
        target.baseAddress!.advanced(by: count).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    mutating func write(raw bytes: UnsafeRawBufferPointer) { copy(bytes) }

    @inline(__always)
    mutating func write(raw text: StaticString) {
        copy(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// A JSON string (RFC 8259 section 7), quotes included.
    mutating func write(_ string: String) {
        write(UInt8(ascii: "\""))
        let isWritten: Void? = string.utf8.withContiguousStorageIfAvailable { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            if JSONScanner.isPlain(bytes) { return copy(bytes) }
            for byte in bytes { writeEscaped(byte) }
        }
        if isWritten == nil {
            for byte in string.utf8 { writeEscaped(byte) }
        }
        write(UInt8(ascii: "\""))
    }

    mutating func write(_ string: String?) {
        if let string { write(string) } else { write(raw: "null") }
    }

    mutating func write(_ strings: [String]) {
        write(UInt8(ascii: "["))
        for index in strings.indices {
            if index > 0 { write(UInt8(ascii: ",")) }
            write(strings[index])
        }
        write(UInt8(ascii: "]"))
    }

    mutating func write(integer: Int) {
        if integer < 0 { write(UInt8(ascii: "-")) }
        var rest = integer.magnitude
        var end = count + 1
        while rest >= 10 {
            rest /= 10
            end += 1
        }
        rest = integer.magnitude
        for place in (count..<end).reversed() {
            target[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count = end
    }

    mutating func write(_ value: Bool) {
        if value { write(raw: "true") } else { write(raw: "false") }
    }

    mutating func write(_ time: WireTime?) {
        guard let time else { return write(raw: "null") }
        write(UInt8(ascii: "\""))
        count += time.write(into: UnsafeMutableRawBufferPointer(rebasing: target[count...]))
        write(UInt8(ascii: "\""))
    }

    @inline(__always)
    private mutating func writeEscaped(_ byte: UInt8) {
        if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            write(byte)
        } else {
            writeEscape(byte)
        }
    }

    private mutating func writeEscape(_ byte: UInt8) {
        write(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): write(byte)
        case UInt8(ascii: "\n"): write(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): write(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): write(UInt8(ascii: "t"))
        default:
            write(raw: byte < 0x10 ? "u000" : "u001")
            let digit = byte & 15
            write(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
