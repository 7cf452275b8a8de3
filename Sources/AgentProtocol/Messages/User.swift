/// What is known of a person.
public struct User: Codable, Hashable, Sendable {
    public var source: String
    public var id: String
    public var login: String
    @Nullable public var email: String?
    @Nullable public var displayName: String?
    /// How they stand with their directory.
    public var state: String
    /// Since when they stand so.
    @Nullable public var since: WireTime?
    @Nullable public var dn: String?
    public var roles: [String]
    /// How many tokens they own; only in lists.
    public var tokens: Int?

    public init(owner: Owner, state: String, since: WireTime?, roles: [String]) {
        source = owner.source
        id = owner.id
        login = owner.login
        _email = Nullable(wrappedValue: owner.email)
        _displayName = Nullable(wrappedValue: nil)
        self.state = state
        _since = Nullable(wrappedValue: since)
        _dn = Nullable(wrappedValue: nil)
        self.roles = roles
    }

    enum CodingKeys: String, CodingKey {
        case source, id, login, email, state, since, dn, roles, tokens
        case displayName = "display_name"
    }

    static let schema = Schema.all(
        [
            ("source", .text), ("id", .text), ("login", .text), ("email", .nullable(.text)),
            ("display_name", .nullable(.text)), ("state", .text), ("since", .nullable(.time)),
            ("dn", .nullable(.text)), ("roles", .array(.text, max: nil)),
        ], perhaps: [("tokens", .count)])
}

/// One person and their tokens.
public struct UserShow: MethodParams {
    /// Left out: whoever asks.
    public var user: OwnerReference?

    public init(user: OwnerReference? = nil) { self.user = user }

    public static let description = MethodDescription(
        .userShow, "Shows a person and their tokens' metadata: a thousand at most, live ones first.",
        callers: .adminOrSelf,
        .init(
            params: [.init("user", .reference(.ownerReference))],
            result: .all([
                ("user", .reference(.user)), ("tokens", .array(.reference(.token), max: Limits.listMax)),
            ]),
            errors: [.notPermitted, .notFound, .conflict, .directoryUnavailable]))

    public struct Answer: Codable, Hashable, Sendable {
        public var user: User
        public var tokens: [TokenMetadata]

        public init(user: User, tokens: [TokenMetadata]) {
            self.user = user
            self.tokens = tokens
        }
    }
}

/// People, a page at a time.
public struct UserList: MethodParams {
    /// `Limits.listDefault` when left out.
    public var limit: Int?
    public var cursor: String?
    public var source: String?
    public var state: String?

    public init() {}

    public static let description = MethodDescription(
        .userList, "Lists people, with the number of their tokens; who is no admin sees themselves.",
        callers: .adminOrSelf,
        .init(
            params: [
                .init("limit", .limit, "\(Limits.listDefault) when left out"),
                .init("cursor", .cursor, "next_cursor of the page before"),
                .init("source", .source),
                .init("state", .word(max: Limits.nameBytesMax)),
            ],
            result: .all([
                ("users", .array(.reference(.user), max: Limits.listMax)), ("next_cursor", .nullable(.text)),
            ]),
            errors: [.notPermitted]))

    public struct Answer: Codable, Hashable, Sendable {
        public var users: [User]
        @Nullable public var nextCursor: String?

        public init(users: [User], nextCursor: String?) {
            self.users = users
            _nextCursor = Nullable(wrappedValue: nextCursor)
        }

        enum CodingKeys: String, CodingKey {
            case users
            case nextCursor = "next_cursor"
        }
    }
}
