internal import Glibc

/// What the verifies of one caller have in common: a client spells each as it spelled the one before, but
/// for the id and the token.
///
/// A line that is the learned one byte for byte outside these two, with a whole number where there was one
/// and a string of as many plain characters where the token was, is read by the full scanner just as that
/// one was: within JSON's grammar neither can change what stands around it. Anything else is not recognised,
/// and left to the full scanner.
public struct VerifyShape: ~Copyable {
    /// The digits that a number's text may have here: more than any counter's.
    private static let idDigitsMax = 18
    /// Longer lines are not worth being remembered.
    private static let lineBytesMax = 1024

    /// The learned line. No secret: its token is blotted out.
    private var text = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var head = 0..<0
    private var middle = 0..<0
    private var tail = 0..<0
    private var idIsFirst = true
    private var tokenBytes = 0
    private var demand = VerifyDemand()

    public init() {}

    deinit { text.deallocate() }

    /// nil when the line is not of this shape.
    public func match(_ line: UnsafeRawBufferPointer) -> VerifyLine? {
        guard !text.isEmpty, isEqual(line, 0, head) else { return nil }
        var position = head.count
        let id: UnsafeRawBufferPointer
        let token: UnsafeRawBufferPointer
        if idIsFirst {
            guard let digits = number(line, &position), isEqual(line, position, middle) else { return nil }
            position += middle.count
            guard let string = plain(line, &position) else { return nil }
            (id, token) = (digits, string)
        } else {
            guard let string = plain(line, &position), isEqual(line, position, middle) else { return nil }
            position += middle.count
            guard let digits = number(line, &position) else { return nil }
            (id, token) = (digits, string)
        }
        guard line.count == position + tail.count, isEqual(line, position, tail) else { return nil }
        return VerifyLine(id: id, token: token, demand: demand)
    }

    /// Remembers a line that the full scanner has read. What `match` gave before is then worth nothing.
    public mutating func learn(_ line: UnsafeRawBufferPointer, _ verify: VerifyLine) {
        let id = Self.place(verify.id, in: line)
        let token = Self.place(verify.token, in: line)
        var position = id.lowerBound
        guard line.count <= Self.lineBytesMax, number(line, &position) != nil, position == id.upperBound
        else {
            return
        }
        text.deallocate()
        text = .allocate(byteCount: line.count, alignment: 1)
        text.copyMemory(from: line)
        for index in token { text[index] = UInt8(ascii: "*") }
        idIsFirst = id.lowerBound < token.lowerBound
        let (first, second) = idIsFirst ? (id, token) : (token, id)
        head = 0..<first.lowerBound
        middle = first.upperBound..<second.lowerBound
        tail = second.upperBound..<line.count
        tokenBytes = token.count
        demand = verify.demand
        demand.audience = demand.audience.map { moved($0, from: line) }
        demand.flags = FlagList(count: demand.flags.count, bytes: moved(demand.flags.bytes, from: line))
    }

    private static func place(
        _ part: UnsafeRawBufferPointer, in line: UnsafeRawBufferPointer
    ) -> Range<Int> {
        guard let start = part.baseAddress, let base = line.baseAddress else { return 0..<0 }
        return (start - base)..<(start - base + part.count)
    }

    /// The same part of the learned text.
    private func moved(
        _ part: UnsafeRawBufferPointer, from line: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        if part.isEmpty {
            return part.baseAddress == nil ? part : UnsafeRawBufferPointer(rebasing: text[..<0])
        }
        return UnsafeRawBufferPointer(rebasing: text[Self.place(part, in: line)])
    }

    @inline(__always)
    private func isEqual(_ line: UnsafeRawBufferPointer, _ start: Int, _ part: Range<Int>) -> Bool {
        guard line.count - start >= part.count, let line = line.baseAddress, let text = text.baseAddress
        else {
            return false
        }
        return memcmp(line + start, text + part.lowerBound, part.count) == 0
    }

    /// A JSON number of digits alone (RFC 8259 section 6): no zero in front of others.
    @inline(__always)
    private func number(_ line: UnsafeRawBufferPointer, _ position: inout Int) -> UnsafeRawBufferPointer? {
        let start = position
        while position < line.count, line[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        let count = position - start
        guard count > 0, count <= Self.idDigitsMax else { return nil }
        if line[start] == UInt8(ascii: "0"), count > 1 { return nil }
        return UnsafeRawBufferPointer(rebasing: line[start..<position])
    }

    /// As many characters as the learned token had, none of which needs a look.
    @inline(__always)
    private func plain(_ line: UnsafeRawBufferPointer, _ position: inout Int) -> UnsafeRawBufferPointer? {
        guard line.count - position >= tokenBytes else { return nil }
        let string = UnsafeRawBufferPointer(rebasing: line[position..<(position + tokenBytes)])
        guard JSONScanner.isPlain(string) else { return nil }
        position += tokenBytes
        return string
    }
}
