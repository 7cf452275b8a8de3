/// A GUID's octets and its text ([MS-DTYP] 2.3.4.2 and 2.3.4.3).
enum GUID {
    /// Where each octet of the text comes from: three little-endian groups, then eight octets in order.
    private static let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]

    static func text(_ octets: [UInt8]) -> String {
        let digits = Array(hexadecimal(order.map { octets[$0] }))
        let cuts = [0, 8, 12, 16, 20, 32]
        return zip(cuts, cuts.dropFirst()).map { String(digits[$0..<$1]) }.joined(separator: "-")
    }

    static func octets(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [8, 4, 4, 4, 12], let shown = octets(hexadecimal: parts.joined())
        else {
            return nil
        }
        var octets = [UInt8](repeating: 0, count: 16)
        for (position, source) in order.enumerated() { octets[source] = shown[position] }
        return octets
    }

    static func hexadecimal(_ octets: [UInt8]) -> String {
        octets.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    static func octets(hexadecimal text: some StringProtocol) -> [UInt8]? {
        let digits = text.map { $0.isASCII ? $0.hexDigitValue : nil }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var octets: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            octets.append(UInt8(high << 4 | low))
        }
        return octets
    }
}
