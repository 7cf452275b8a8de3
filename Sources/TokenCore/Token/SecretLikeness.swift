/// Whether a text may be a secret that somebody has put where a name belongs.
package enum SecretLikeness {
    /// As many characters as a pass code has, in the same alphabet; what begins as a token does; or a whole
    /// token, wherever it is.
    package static func isThere(in text: String) -> Bool {
        if text.hasPrefix("tka_") || isTokenWithin(text) { return true }
        return text.utf8.count == 44 && text.utf8.allSatisfy(isBase62)
    }

    /// Whether a whole token is in it, wherever that is.
    package static func isTokenWithin(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isTokenWithin(UnsafeRawBufferPointer($0)) }
    }

    package static func isTokenWithin(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let code = head.count..<head.count + UserCode.length
        let secret = code.upperBound + 1..<code.upperBound + 1 + PassCode.length
        guard bytes.count >= secret.upperBound else { return false }
        return (0...bytes.count - secret.upperBound).contains { start in
            let token = UnsafeRawBufferPointer(rebasing: bytes[start..<start + secret.upperBound])
            return token.starts(with: head) && token[code].allSatisfy(isBase62)
                && token[code.upperBound] == UInt8(ascii: "_") && token[secret].allSatisfy(isBase62)
        }
    }

    /// Whether it may be what is left of one: more than its beginning and its code, and no file's name.
    package static func isTokenBegun(by text: some StringProtocol) -> Bool {
        let rest = text.utf8.dropFirst(head.count)
        return text.utf8.starts(with: head) && rest.count > UserCode.length
            && rest.allSatisfy { isBase62($0) || $0 == UInt8(ascii: "_") }
    }

    private static let head = Array("tka_".utf8)

    private static func isBase62(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
