/// The 62 characters of [0-9A-Za-z], in that order, most significant first.
package enum Base62 {
    /// Both tables are spelled out, for the same reason as the tables of `CRC32`.
    package static let alphabet: [UInt8] = [
        48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74,
        75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 97, 98, 99, 100,
        101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120,
        121, 122,
    ]

    /// Digit values by character code; 255 for characters that are no digit.
    static let values: [UInt8] = [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255, 255,
        255, 255, 255, 255, 255, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
        25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 255, 255, 255, 255, 255, 255, 36, 37, 38,
        39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58,
        59, 60, 61, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    ]

    /// `value` in exactly `width` digits, zeros in front. The value must fit: 62^width > value.
    package static func encode(_ value: UInt64, width: Int) -> [UInt8] {
        var digits = [UInt8](repeating: alphabet[0], count: width)
        var rest = value
        for position in stride(from: width - 1, through: 0, by: -1) {
            digits[position] = alphabet[Int(rest % 62)]
            rest /= 62
        }
        precondition(rest == 0, "value does not fit")
        return digits
    }

    /// So many digits, each drawn from six bits that are used once, and drawn again when they are none of 62.
    static func random(count: Int, using generator: inout some RandomNumberGenerator) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { digits, drawn in
            while drawn < count {
                var bits = generator.next()
                for _ in 0..<10 where drawn < count {
                    let digit = Int(bits & 63)
                    bits >>= 6
                    guard digit < alphabet.count else { continue }
                    digits[drawn] = alphabet[digit]
                    drawn += 1
                }
            }
        }
    }

    /// Whether every character is a digit. Eight at a time, the last eight perhaps some of them again.
    static func isSpelled(_ characters: UnsafeRawBufferPointer) -> Bool {
        guard characters.count >= 8 else { return characters.allSatisfy { values[Int($0)] != 255 } }
        let last = characters.count &- 8
        var spelled = digits(of: characters.loadUnaligned(fromByteOffset: last, as: UInt64.self))
        var index = 0
        while index < last {
            spelled &= digits(of: characters.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index &+= 8
        }
        return spelled & tops == tops
    }

    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var tops: UInt64 { 0x8080_8080_8080_8080 }

    /// The top bit of each octet: whether it is a digit, a capital or a small letter.
    @inline(__always)
    private static func digits(of word: UInt64) -> UInt64 {
        // Without their top bits no sum carries into the next octet.
        let low = word & (ones &* 0x7F)
        let folded = low | (ones &* 0x20)
        let digit = (low &+ ones &* (0x80 - 0x30)) & ~(low &+ ones &* (0x7F - 0x39))
        let letter = (folded &+ ones &* (0x80 - 0x61)) & ~(folded &+ ones &* (0x7F - 0x7A))
        return (digit | letter) & ~word
    }

    /// The value of at most ten digits; nil when a character is no digit.
    package static func decode(_ digits: some Collection<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for character in digits {
            let digit = values[Int(character)]
            guard digit != 255 else { return nil }
            value = value &* 62 &+ UInt64(digit)
        }
        return value
    }
}
