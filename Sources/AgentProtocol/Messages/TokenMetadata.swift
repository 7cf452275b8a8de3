/// The state of a token.
public enum TokenState: String, Codable, CaseIterable, Hashable, Sendable {
    case active
    case expired
    /// The owner is disabled or was not seen. Reversible.
    case suspended
    /// The owner is confirmed gone.
    case obsolete
    case revoked
    case purged

    static let schema = Schema.words(allCases.map(\.rawValue))
}

/// What is known of a token, wherever one is shown. Never its secret.
public struct TokenMetadata: Codable, Hashable, Sendable {
    public var id: String
    public var owner: Owner
    public var audience: String
    public var name: String
    public var write: Bool
    public var flags: [String]
    public var createdAt: WireTime
    public var updatedAt: WireTime
    @Nullable public var expiresAt: WireTime?
    @Nullable public var lastUsedAt: WireTime?
    public var state: TokenState
    public var retrievable: Bool

    /// All of it, so that none can be forgotten where a record becomes metadata.
    public init(
        id: String, owner: Owner, audience: String, name: String, write: Bool, flags: [String],
        createdAt: WireTime, updatedAt: WireTime, expiresAt: WireTime?, lastUsedAt: WireTime?,
        state: TokenState, retrievable: Bool
    ) {
        self.id = id
        self.owner = owner
        self.audience = audience
        self.name = name
        self.write = write
        self.flags = flags
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        _expiresAt = Nullable(wrappedValue: expiresAt)
        _lastUsedAt = Nullable(wrappedValue: lastUsedAt)
        self.state = state
        self.retrievable = retrievable
    }

    enum CodingKeys: String, CodingKey {
        case id, owner, audience, name, write, flags, state, retrievable
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case expiresAt = "expires_at"
        case lastUsedAt = "last_used_at"
    }

    static let members: [(String, Schema)] = [
        ("id", .text), ("owner", .reference(.owner)), ("audience", .text), ("name", .text),
        ("write", .boolean), ("flags", .array(.text, max: nil)), ("created_at", .time),
        ("updated_at", .time), ("expires_at", .nullable(.time)), ("last_used_at", .nullable(.time)),
        ("state", TokenState.schema), ("retrievable", .boolean),
    ]
}
