/// Makes a token.
public struct TokenCreate: MethodParams {
    public var owner: OwnerReference
    /// "default" when left out.
    public var audience: String?
    /// "" when left out.
    public var name: String?
    /// True when left out.
    public var write: Bool?
    public var flags: [String]?
    /// Left out, the agent's default counts; null is no expiry.
    @Patchable public var expiresAt: Patch<WireTime>
    /// In seconds from now.
    public var expiresIn: Int64?
    /// Lets `expiresAt` be over already: the token is made expired. False when left out.
    public var allowPast: Bool?
    /// False when left out.
    public var retrievable: Bool?
    public var idempotencyKey: String?

    public init(owner: OwnerReference) {
        self.owner = owner
        _expiresAt = Patchable(wrappedValue: .absent)
    }

    enum CodingKeys: String, CodingKey {
        case owner, audience, name, write, flags, retrievable
        case expiresAt = "expires_at"
        case expiresIn = "expires_in"
        case allowPast = "allow_past"
        case idempotencyKey = "idempotency_key"
    }

    public static let description = MethodDescription(
        .tokenCreate,
        "Makes a token. Its secret is in this answer and nowhere else, unless it is retrievable.",
        callers: .adminOrSelf,
        .init(
            params: [
                .init("owner", .reference(.ownerReference), required: true, "whose it is"),
                .init("audience", .audience, "what it is for; \"default\" when left out"),
                .init("name", .name, "tells tokens of one owner and audience apart"),
                .init("write", .boolean, "true when left out"),
                .init("flags", .flags),
                .init("expires_at", .nullable(.time), "null: never, whatever the default"),
                .init("expires_in", .integer(1...Limits.expiresInSecondsMax), "seconds from now"),
                .init("allow_past", .boolean, "true makes an expired token of a past expires_at"),
                .init("retrievable", .boolean, "whether token.reveal may show it again"),
                .init("idempotency_key", .idempotencyKey, "the same key gives the same token"),
            ],
            result: .reference(.createdToken),
            errors: [
                .notPermitted, .notFound, .conflict, .directoryUnavailable, .storageUnavailable,
                .limitExceeded,
            ]
        ))

    public func check() throws(RPCError) {
        if expiresAt != .absent, expiresIn != nil {
            throw .invalidParams(member: "expires_in", "give either expires_at or expires_in")
        }
    }

    public typealias Answer = CreatedToken
}

/// A token with its secret: metadata, and `token`, `user_code`, `pass_code` beside it.
public struct CreatedToken: Hashable, Sendable {
    public var metadata: TokenMetadata
    public var token: Secret
    public var userCode: String
    public var passCode: Secret

    public init(metadata: TokenMetadata, token: Secret, userCode: String, passCode: Secret) {
        self.metadata = metadata
        self.token = token
        self.userCode = userCode
        self.passCode = passCode
    }

    static let schema = Schema.all(
        TokenMetadata.members + [("token", .text), ("user_code", .text), ("pass_code", .text)])
}

extension CreatedToken: Codable {
    private enum CodingKeys: String, CodingKey {
        case token
        case userCode = "user_code"
        case passCode = "pass_code"
    }

    public init(from decoder: any Decoder) throws {
        metadata = try TokenMetadata(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        token = try container.decode(Secret.self, forKey: .token)
        userCode = try container.decode(String.self, forKey: .userCode)
        passCode = try container.decode(Secret.self, forKey: .passCode)
    }

    public func encode(to encoder: any Encoder) throws {
        try metadata.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(token, forKey: .token)
        try container.encode(userCode, forKey: .userCode)
        try container.encode(passCode, forKey: .passCode)
    }
}
