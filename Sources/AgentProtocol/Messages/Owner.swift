/// Who owns a token: a person of a configured directory, or `service`.
public struct Owner: Codable, Hashable, Sendable {
    public var source: String
    /// The directory's stable id: the identity. Login and e-mail are labels.
    public var id: String
    public var login: String
    @Nullable public var email: String?

    public init(source: String, id: String, login: String, email: String?) {
        self.source = source
        self.id = id
        self.login = login
        _email = Nullable(wrappedValue: email)
    }

    static let schema = Schema.all([
        ("source", .text), ("id", .text), ("login", .text), ("email", .nullable(.text)),
    ])
}

/// An owner's identity alone.
public struct OwnerKey: Codable, Hashable, Sendable {
    public var source: String
    public var id: String

    public init(source: String, id: String) {
        self.source = source
        self.id = id
    }

    static let schema = Schema.all([
        ("source", .source), ("id", .word(max: Limits.stableIDBytesMax)),
    ])
}

/// How a request names a person: by a label, or by the identity itself.
public enum OwnerReference: Hashable, Sendable {
    /// A login or an e-mail address.
    case label(String)
    case key(OwnerKey)

    static let schema = Schema.oneOf([.word(max: Limits.emailBytesMax), OwnerKey.schema])
}

extension OwnerReference: Codable {
    public init(from decoder: any Decoder) throws {
        if let label = try? decoder.singleValueContainer().decode(String.self) {
            self = .label(label)
        } else {
            self = .key(try OwnerKey(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .label(let label):
            var container = encoder.singleValueContainer()
            try container.encode(label)
        case .key(let key): try key.encode(to: encoder)
        }
    }
}
