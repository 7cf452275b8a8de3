/// Values inside a search filter (RFC 4515 section 3).
package enum FilterEscaping {
    /// A text as an assertion value. Only what the grammar demands is escaped; UTF-8 stays as it is.
    package static func value(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "*", "(", ")", "\\", "\0": escaped += hex(UInt8(scalar.value))
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Octets as an assertion value, each as `\xx`: for ids, whatever they are made of.
    package static func octets(_ octets: some Sequence<UInt8>) -> String {
        octets.map(hex).joined()
    }

    private static func hex(_ octet: UInt8) -> String {
        "\\" + String(octet >> 4, radix: 16) + String(octet & 15, radix: 16)
    }
}
