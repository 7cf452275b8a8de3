/// Tokens, a page at a time.
public struct TokenList: MethodParams {
    public var owner: OwnerReference?
    public var audience: String?
    public var state: TokenState?
    /// Inclusive.
    public var createdAfter: WireTime?
    /// Exclusive.
    public var createdBefore: WireTime?
    /// `Limits.listDefault` when left out.
    public var limit: Int?
    /// As the page before gave it.
    public var cursor: String?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case owner, audience, state, limit, cursor
        case createdAfter = "created_after"
        case createdBefore = "created_before"
    }

    public static let description = MethodDescription(
        .tokenList, "Lists tokens.", callers: .adminOrSelf,
        .init(
            params: [
                .init("owner", .reference(.ownerReference)),
                .init("audience", .audience),
                .init("state", TokenState.schema),
                .init("created_after", .time, "inclusive"),
                .init("created_before", .time, "exclusive"),
                .init("limit", .limit, "\(Limits.listDefault) when left out"),
                .init("cursor", .cursor, "next_cursor of the page before"),
            ],
            result: .all([
                ("tokens", .array(.reference(.token), max: Limits.listMax)),
                ("next_cursor", .nullable(.text)),
            ]),
            errors: [.notPermitted, .notFound, .conflict, .directoryUnavailable]))

    public struct Answer: Codable, Hashable, Sendable {
        public var tokens: [TokenMetadata]
        /// nil on the last page.
        @Nullable public var nextCursor: String?

        public init(tokens: [TokenMetadata], nextCursor: String?) {
            self.tokens = tokens
            _nextCursor = Nullable(wrappedValue: nextCursor)
        }

        enum CodingKeys: String, CodingKey {
            case tokens
            case nextCursor = "next_cursor"
        }
    }
}
