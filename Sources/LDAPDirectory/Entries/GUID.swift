/// A GUID's octets and its text ([MS-DTYP] 2.3.4.2 and 2.3.4.3).
enum GUID {
    /// Where each octet of the text comes from: three little-endian groups, then eight octets in order.
    private static let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
    /// Before which octets the text has a dash, a UUID's as well (RFC 4122 section 3).
    static let dashes = [4, 6, 8, 10]

    /// Of 16 octets.
    static func text(_ octets: some Collection<UInt8>) -> String {
        let stored = Array(octets)
        return Hexadecimal.text(order.map { stored[$0] }, dashBefore: dashes)
    }

    static func octets(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [8, 4, 4, 4, 12], let shown = Hexadecimal.octets(parts.joined())
        else {
            return nil
        }
        var octets = [UInt8](repeating: 0, count: 16)
        for (position, source) in order.enumerated() { octets[source] = shown[position] }
        return octets
    }
}
