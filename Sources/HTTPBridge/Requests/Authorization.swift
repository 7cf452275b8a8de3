internal import AgentProtocol
internal import Foundation

/// The `Authorization` header (RFC 9110 section 11.6.2), as far as the bridge knows schemes.
enum Authorization: Sendable {
    case bearer(Secret)
    /// What stands before the first colon, and after it (RFC 7617 section 2).
    case basic(user: String, password: Secret)

    /// nil for an unknown scheme, and for what is not as its scheme wants it.
    init?(_ header: String) {
        // By bytes: this is done for each request that a proxy lets in.
        let parts = header.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1).map(Substring.init)
        guard parts.count == 2 else { return nil }
        let value = Self.trimmed(parts[1])
        switch parts[0].lowercased() {
        case "bearer":
            guard !value.isEmpty, value.utf8.count <= Limits.tokenBytesMax else { return nil }
            self = .bearer(Secret(value))
        case "basic":
            guard let data = Data(base64Encoded: value),
                let text = String(validating: data, as: UTF8.self),
                let colon = text.firstIndex(of: ":")
            else { return nil }
            self = .basic(
                user: String(text[..<colon]), password: Secret(String(text[text.index(after: colon)...])))
        default: return nil
        }
    }

    /// Without the blanks around it. Nearly always there are none.
    private static func trimmed(_ text: Substring) -> String {
        guard let first = text.utf8.first, let last = text.utf8.last, first.isVisible, last.isVisible else {
            return text.trimmingCharacters(in: .whitespaces)
        }
        return String(text)
    }
}

extension Authorization {
    /// A user code and a pass code by their look: 8 and 44 letters and digits.
    static func looksLikeCodes(_ user: String, _ password: Secret) -> Bool {
        user.utf8.count == 8 && password.exposed.utf8.count == 44
            && user.utf8.allSatisfy(\.isLetterOrDigit) && password.exposed.utf8.allSatisfy(\.isLetterOrDigit)
    }

    /// The token that it is, if it is one by its look.
    var token: Credentials? {
        switch self {
        case .bearer(let token): return .token(token)
        case .basic(let user, let password):
            guard Self.looksLikeCodes(user, password) else { return nil }
            return .codes(userCode: user, passCode: password)
        }
    }
}

extension UInt8 {
    /// A character of ASCII that is neither a blank nor a control character.
    var isVisible: Bool { (0x21...0x7e).contains(self) }

    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
