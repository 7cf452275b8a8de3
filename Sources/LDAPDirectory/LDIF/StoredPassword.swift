/// A `userPassword` as a file holds it, such as `{SSHA}…` or `{CRYPT}…` (RFC 2307 5.3). Never printed.
package struct StoredPassword: Sendable, CustomStringConvertible, CustomReflectable {
    /// In upper case; nil for a password in the clear.
    package let scheme: String?
    /// What follows the scheme.
    package let octets: [UInt8]

    init(_ value: [UInt8]) {
        guard value.first == UInt8(ascii: "{"), let end = value.firstIndex(of: UInt8(ascii: "}")) else {
            scheme = nil
            octets = value
            return
        }
        scheme = String(decoding: value[1..<end], as: UTF8.self).uppercased()
        octets = Array(value[(end + 1)...])
    }

    package var description: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
