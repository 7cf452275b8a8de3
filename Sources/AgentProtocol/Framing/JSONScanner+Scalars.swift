/// A string as it stands in the text, without its quotes.
struct ScannedString {
    let range: Range<Int>
    /// Whether the raw bytes differ from the string's own.
    let isEscaped: Bool
}

extension JSONScanner {
    enum Literal { case null, `true`, `false` }

    mutating func literal() throws(ScanError) -> Literal {
        if take("null") { return .null }
        if take("true") { return .true }
        if take("false") { return .false }
        throw unexpected()
    }

    /// Steps over the word, if it stands here.
    @inline(__always)
    mutating func take(_ word: StaticString) -> Bool {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count else { return false }
        guard UnsafeRawBufferPointer(rebasing: bytes[position..<end]).equals(word) else { return false }
        position = end
        return true
    }

    /// RFC 8259 section 6. True for an integer: no fraction, no exponent.
    mutating func number() throws(ScanError) -> Bool {
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") {
            position += 1
            if isDigit(next) { throw ScanError(reason: .badNumber, offset: position) }
        } else {
            try digits()
        }
        var isInteger = true
        if next == UInt8(ascii: ".") {
            position += 1
            try digits()
            isInteger = false
        }
        if next | 0x20 == UInt8(ascii: "e") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
            isInteger = false
        }
        return isInteger
    }

    private mutating func digits() throws(ScanError) {
        guard isDigit(next) else { throw ScanError(reason: .badNumber, offset: position) }
        while isDigit(next) { position += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// RFC 8259 section 7 and 8.1: quotes, no raw control characters, legal escapes, UTF-8.
    mutating func string() throws(ScanError) -> ScannedString {
        try expect(UInt8(ascii: "\""))
        let start = position
        var isEscaped = false
        while true {
            skipPlainASCII()
            guard position < bytes.count else { throw unexpected() }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return ScannedString(range: start..<(position - 1), isEscaped: isEscaped)
            case UInt8(ascii: "\\"):
                try escape()
                isEscaped = true
            case 0x80...: try multiByte()
            default: throw ScanError(reason: .controlCharacter, offset: position)
            }
        }
    }

    /// Eight bytes a step: stops at a quote, a backslash, a control character or what is not ASCII.
    @inline(__always)
    mutating func skipPlainASCII() {
        while position + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let special = Self.special(UInt64(littleEndian: word))
            guard special == 0 else {
                position += special.trailingZeroBitCount / 8
                return
            }
            position += 8
        }
        while position < bytes.count {
            let byte = bytes[position]
            let isPlain =
                byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            guard isPlain else { return }
            position += 1
        }
    }

    /// The high bits of those of the eight bytes that need a look. A borrow only ever starts at a byte that
    /// does, so it can add a false alarm above that byte: the lowest one is true.
    @inline(__always)
    private static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let control = word &- ones &* 0x20
        let quote = (word ^ ones &* 0x22) &- ones
        let backslash = (word ^ ones &* 0x5C) &- ones
        return (word | control | quote | backslash) & (ones &* 0x80)
    }

    /// Whether the bytes are a string's own as they stand: ASCII, no quote, backslash or control character.
    @inline(__always)
    static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var scanner = JSONScanner(bytes)
        scanner.skipPlainASCII()
        return scanner.position == bytes.count
    }

    /// One escape, standing at its backslash. A surrogate must come as a pair (RFC 8259 section 8.2).
    private mutating func escape() throws(ScanError) {
        let start = position
        position += 1
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            let unit = try hexUnit()
            guard unit & 0xF800 == 0xD800 else { return }
            guard unit < 0xDC00, next == UInt8(ascii: "\\") else {
                throw ScanError(reason: .loneSurrogate, offset: start)
            }
            position += 1
            try expect(UInt8(ascii: "u"))
            guard try hexUnit() & 0xFC00 == 0xDC00 else {
                throw ScanError(reason: .loneSurrogate, offset: start)
            }
        default: throw ScanError(reason: .badEscape, offset: start)
        }
    }

    private mutating func hexUnit() throws(ScanError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Self.hexDigit(next) else {
                throw ScanError(reason: .badEscape, offset: position)
            }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    static func hexDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// One sequence of RFC 3629 section 4: shortest form only, no surrogates, nothing above U+10FFFF.
    private mutating func multiByte() throws(ScanError) {
        let start = position
        let second: ClosedRange<UInt8>
        let length: Int
        switch bytes[start] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw ScanError(reason: .badUTF8, offset: start)
        }
        guard start + length <= bytes.count, second.contains(bytes[start + 1]) else {
            throw ScanError(reason: .badUTF8, offset: start)
        }
        for index in (start + 2)..<(start + length) where bytes[index] & 0xC0 != 0x80 {
            throw ScanError(reason: .badUTF8, offset: start)
        }
        position = start + length
    }
}
