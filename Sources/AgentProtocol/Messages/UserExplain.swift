/// Why a person stands as they do.
public struct UserExplain: MethodParams {
    public var user: OwnerReference

    public init(user: OwnerReference) { self.user = user }

    public static let description = MethodDescription(
        .userExplain, "Tells a person's history, and that of their tokens. The last thousand lines.",
        callers: .adminOrSelf,
        .init(
            params: [.init("user", .reference(.ownerReference), required: true)],
            result: .all([
                ("user", .reference(.user)),
                ("events", .array(TokenExplain.Event.schema, max: Limits.listMax)),
            ]),
            errors: [.notPermitted, .notFound, .conflict, .directoryUnavailable]))

    public struct Answer: Codable, Hashable, Sendable {
        public var user: User
        public var events: [TokenExplain.Event]

        public init(user: User, events: [TokenExplain.Event]) {
            self.user = user
            self.events = events
        }
    }
}
