/// One token's metadata. Knows revoked and purged ones too, while their tombstone lasts.
public struct TokenShow: MethodParams {
    public var id: String

    public init(id: String) { self.id = id }

    public static let description = MethodDescription(
        .tokenShow, "Shows a token's metadata.", callers: .adminOrSelf,
        .init(
            params: [.init("id", .tokenID, required: true)], result: .reference(.token),
            errors: [.notPermitted, .notFound]))

    public typealias Answer = TokenMetadata
}

/// Shows a retrievable token again.
public struct TokenReveal: MethodParams {
    public var id: String

    public init(id: String) { self.id = id }

    public static let description = MethodDescription(
        .tokenReveal, "Shows the secret of a retrievable token.", callers: .adminOrSelf,
        .init(
            params: [.init("id", .tokenID, required: true)], result: .all([("token", .text)]),
            errors: [.notPermitted, .notFound, .conflict, .storageUnavailable]))

    public struct Answer: Codable, Hashable, Sendable {
        public var token: Secret

        public init(token: Secret) { self.token = token }
    }
}

/// Why a token is in the state it is in.
public struct TokenExplain: MethodParams {
    public var id: String

    public init(id: String) { self.id = id }

    public static let description = MethodDescription(
        .tokenExplain, "Tells a token's history: why it is in the state it is in. The last thousand lines.",
        callers: .adminOrSelf,
        .init(
            params: [.init("id", .tokenID, required: true)],
            result: .all([
                ("token", .reference(.token)), ("events", .array(Event.schema, max: Limits.listMax)),
            ]),
            errors: [.notPermitted, .notFound]))

    public struct Answer: Codable, Hashable, Sendable {
        public var token: TokenMetadata
        public var events: [Event]

        public init(token: TokenMetadata, events: [Event]) {
            self.token = token
            self.events = events
        }
    }

    public struct Event: Codable, Hashable, Sendable {
        public var at: WireTime
        public var event: String
        /// Who did it: a caller, or the agent itself.
        public var by: String
        @Nullable public var detail: String?
        /// The id of the token that it happened to; left out where it happened to the person.
        public var token: String?

        public init(at: WireTime, event: String, by: String, detail: String?) {
            self.at = at
            self.event = event
            self.by = by
            _detail = Nullable(wrappedValue: detail)
        }

        static let schema = Schema.all(
            [
                ("at", .time), ("event", .text), ("by", .text), ("detail", .nullable(.text)),
            ], perhaps: [("token", .text)])
    }
}
