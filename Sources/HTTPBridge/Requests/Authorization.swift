internal import AgentProtocol
internal import Foundation

/// The `Authorization` header (RFC 9110 section 11.6.2), as far as the bridge knows schemes.
enum Authorization: Sendable {
    case bearer(Secret)
    /// What stands before the first colon, and after it (RFC 7617 section 2).
    case basic(user: String, password: Secret)

    /// nil for an unknown scheme, and for what is not as its scheme wants it.
    init?(_ header: String) {
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2 else { return nil }
        let value = parts[1].trimmingCharacters(in: .whitespaces)
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
    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
