/// On whose behalf a request is made: `params.as`. It is judged by these alone, never by the connection's
/// rights.
public enum Credentials: Hashable, Sendable {
    /// A directory login. Without `source`, the configured sources are tried in order.
    case password(login: String, password: Secret, source: String?)
    case token(Secret)
    case codes(userCode: String, passCode: Secret)

    /// The member of params that carries it.
    static let member = "as"

    static let schema = Schema.oneOf([
        .object([
            .init("login", .word(max: Limits.emailBytesMax), required: true),
            // An empty password would bind as nobody, and succeed (RFC 4513 section 5.1.2).
            .init("password", .word(max: Limits.passwordBytesMax), required: true),
            .init("source", .source),
        ]),
        .all([("token", .secret)]),
        .all([("user_code", .secret), ("pass_code", .secret)]),
    ])
}

extension Credentials: Codable {
    private enum CodingKeys: String, CodingKey {
        case login, password, source, token
        case userCode = "user_code"
        case passCode = "pass_code"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if container.contains(.token) {
            self = .token(try container.decode(Secret.self, forKey: .token))
        } else if container.contains(.userCode) {
            self = .codes(
                userCode: try container.decode(String.self, forKey: .userCode),
                passCode: try container.decode(Secret.self, forKey: .passCode))
        } else {
            self = .password(
                login: try container.decode(String.self, forKey: .login),
                password: try container.decode(Secret.self, forKey: .password),
                source: try container.decodeIfPresent(String.self, forKey: .source))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .password(let login, let password, let source):
            try container.encode(login, forKey: .login)
            try container.encode(password, forKey: .password)
            try container.encodeIfPresent(source, forKey: .source)
        case .token(let token):
            try container.encode(token, forKey: .token)
        case .codes(let userCode, let passCode):
            try container.encode(userCode, forKey: .userCode)
            try container.encode(passCode, forKey: .passCode)
        }
    }
}
