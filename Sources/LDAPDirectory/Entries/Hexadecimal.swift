/// Octets as pairs of digits, in lower case, and back.
enum Hexadecimal {
    static func text(_ octets: some Sequence<UInt8>) -> String {
        String(decoding: octets.flatMap { [digit($0 >> 4), digit($0 & 15)] }, as: UTF8.self)
    }

    /// In groups with dashes between them, where `dash` says before which octet.
    static func text(_ octets: some Sequence<UInt8>, dashBefore dash: [Int]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (position, octet) in octets.enumerated() {
            if dash.contains(position) { text.append(UInt8(ascii: "-")) }
            text.append(digit(octet >> 4))
            text.append(digit(octet & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// nil if it is no such text.
    static func octets(_ text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.map(value)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var octets: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            octets.append(high << 4 | low)
        }
        return octets
    }

    static func isDigit(_ octet: UInt8) -> Bool { value(octet) != nil }

    private static func value(_ octet: UInt8) -> UInt8? {
        switch octet {
        case 0x30...0x39: octet - 0x30
        case 0x41...0x46: octet - 0x41 + 10
        case 0x61...0x66: octet - 0x61 + 10
        default: nil
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }
}
