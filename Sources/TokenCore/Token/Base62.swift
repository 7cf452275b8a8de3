/// The 62 characters of [0-9A-Za-z], in that order, most significant first.
package enum Base62 {
    package static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// Digit values by character code; 255 for characters that are no digit.
    static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

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
