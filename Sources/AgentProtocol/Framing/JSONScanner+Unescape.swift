internal import Glibc

extension UnsafeRawBufferPointer {
    /// Byte by byte: names are ASCII, so this is equality of strings.
    @inline(__always)
    func equals(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        guard let baseAddress else { return true }
        return memcmp(baseAddress, word.utf8Start, word.utf8CodeUnitCount) == 0
    }
}

extension JSONScanner {
    /// A scanned string's raw bytes, escapes and all.
    @inline(__always)
    func raw(_ string: ScannedString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[string.range])
    }

    /// The string's own bytes, as an array.
    func value(_ string: ScannedString) -> [UInt8] {
        guard string.isEscaped else { return Array(raw(string)) }
        return [UInt8](unsafeUninitializedCapacity: string.range.count) { buffer, count in
            count = Self.unescape(raw(string), into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// The string's own text.
    func text(_ string: ScannedString) -> String {
        guard string.isEscaped else { return String(decoding: raw(string), as: UTF8.self) }
        return String(decoding: value(string), as: UTF8.self)
    }

    /// Whether the string, unescaped, is that word.
    @inline(__always)
    func isEqual(_ string: ScannedString, _ word: StaticString) -> Bool {
        guard string.isEscaped else { return raw(string).equals(word) }
        return value(string).withUnsafeBytes { $0.equals(word) }
    }

    /// Writes the bytes that checked, raw bytes stand for, and returns their number. No escape is shorter
    /// than what it stands for, so room for the raw bytes is always enough.
    static func unescape(_ raw: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int {
        var source = 0
        var written = 0
        while source < raw.count {
            guard raw[source] == UInt8(ascii: "\\") else {
                target[written] = raw[source]
                source += 1
                written += 1
                continue
            }
            if let byte = simpleEscape(raw[source + 1]) {
                target[written] = byte
                source += 2
                written += 1
                continue
            }
            for byte in UTF8.encode(scalar(raw, at: &source)).unsafelyUnwrapped {
                target[written] = byte
                written += 1
            }
        }
        return written
    }

    private static func simpleEscape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "u"): nil
        default: byte
        }
    }

    /// The scalar of `\uXXXX` or of a surrogate pair, stepping over it.
    private static func scalar(_ raw: UnsafeRawBufferPointer, at source: inout Int) -> Unicode.Scalar {
        var value = UInt32(unit(raw, at: source + 2))
        source += 6
        if value & 0xF800 == 0xD800 {
            value = 0x10000 + (value & 0x3FF) << 10 + UInt32(unit(raw, at: source + 2) & 0x3FF)
            source += 6
        }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    private static func unit(_ raw: UnsafeRawBufferPointer, at start: Int) -> UInt16 {
        (start..<(start + 4)).reduce(0) { $0 << 4 | (hexDigit(raw[$1]) ?? 0) }
    }
}
