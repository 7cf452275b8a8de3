/// Whether a text may be a secret that somebody has put where a name belongs.
package enum SecretLikeness {
    /// As many characters as a pass code has, in the same alphabet; or what begins as a token does.
    package static func isThere(in text: String) -> Bool {
        if text.hasPrefix("tka_") { return true }
        return text.utf8.count == 44 && text.utf8.allSatisfy(isBase62)
    }

    private static func isBase62(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
