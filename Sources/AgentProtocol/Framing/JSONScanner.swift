/// A strict reader of RFC 8259 over bytes that are borrowed for the call: no copies, no tree.
///
/// The verify path reads every request with it, so it imports nothing and allocates nothing.
struct JSONScanner {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next byte, or 0 at the end: NUL is nowhere legal outside a string, and an error within one.
    var next: UInt8 {
        @inline(__always) get { position < bytes.count ? bytes[position] : 0 }
    }

    /// RFC 8259 section 2: space, tab, line feed, carriage return, and nothing else.
    @inline(__always)
    mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): position += 1
            default: return
            }
        }
    }

    @inline(__always)
    mutating func expect(_ byte: UInt8) throws(ScanError) {
        guard next == byte, position < bytes.count else { throw unexpected() }
        position += 1
    }

    /// Nothing but space may follow a text's one value.
    mutating func expectEnd() throws(ScanError) {
        skipSpace()
        guard position == bytes.count else { throw ScanError(reason: .trailingBytes, offset: position) }
    }

    func unexpected() -> ScanError {
        ScanError(reason: position < bytes.count ? .unexpectedByte : .unexpectedEnd, offset: position)
    }
}

// MARK: - Objects and arrays

extension JSONScanner {
    /// What a value is, told by its first byte.
    enum Kind { case object, array, string, number, literal }

    func kind() throws(ScanError) -> Kind {
        switch next {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return .literal
        default: throw unexpected()
        }
    }

    /// Steps to the next member of an open object and returns its name, standing before its value; nil at
    /// `}`. `isFirst` says whether the `{` was the last thing read.
    mutating func nextMember(isFirst: Bool) throws(ScanError) -> ScannedString? {
        skipSpace()
        if next == UInt8(ascii: "}") {
            position += 1
            return nil
        }
        if !isFirst {
            try expect(UInt8(ascii: ","))
            skipSpace()
        }
        let name = try string()
        skipSpace()
        try expect(UInt8(ascii: ":"))
        skipSpace()
        return name
    }

    /// Steps to the next element of an open array, standing before it; false at `]`.
    mutating func nextElement(isFirst: Bool) throws(ScanError) -> Bool {
        skipSpace()
        if next == UInt8(ascii: "]") {
            position += 1
            return false
        }
        if !isFirst {
            try expect(UInt8(ascii: ","))
            skipSpace()
        }
        return true
    }

    /// Reads over one value, checking all of it, and returns where it stands. `depth` counts what is open
    /// around it.
    @discardableResult
    mutating func skipValue(depth: Int) throws(ScanError) -> Range<Int> {
        let start = position
        switch try kind() {
        case .object: try skipObject(depth: depth + 1)
        case .array: try skipArray(depth: depth + 1)
        case .string: _ = try string()
        case .number: _ = try number()
        case .literal: _ = try literal()
        }
        return start..<position
    }

    private mutating func skipObject(depth: Int) throws(ScanError) {
        try open(depth: depth)
        var isFirst = true
        while try nextMember(isFirst: isFirst) != nil {
            try skipValue(depth: depth)
            isFirst = false
        }
    }

    private mutating func skipArray(depth: Int) throws(ScanError) {
        try open(depth: depth)
        var isFirst = true
        while try nextElement(isFirst: isFirst) {
            try skipValue(depth: depth)
            isFirst = false
        }
    }

    /// Steps over `{` or `[`; `depth` counts this one too.
    mutating func open(depth: Int) throws(ScanError) {
        guard depth <= Limits.jsonDepthMax else { throw ScanError(reason: .tooDeep, offset: position) }
        position += 1
    }
}
