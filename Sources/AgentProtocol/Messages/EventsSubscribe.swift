/// Streams what happens to tokens, people and directories, until the connection ends.
public struct EventsSubscribe: MethodParams {
    /// All of them when left out.
    public var kinds: [EventKind]?

    public init(kinds: [EventKind]? = nil) { self.kinds = kinds }

    public static let description = MethodDescription(
        .eventsSubscribe,
        "Streams notifications named `event`, whose params are an Event, until the connection ends.",
        callers: .verifier,
        .init(
            params: [
                .init(
                    "kinds",
                    .array(.words(EventKind.allCases.map(\.rawValue)), max: EventKind.allCases.count),
                    "all of them when left out")
            ],
            result: .all([("subscription", .text)]), errors: [.notPermitted, .limitExceeded]))

    public func check() throws(RPCError) {
        if kinds?.isEmpty == true {
            throw .invalidParams(member: "kinds", "name at least one, or leave it out")
        }
    }

    public struct Answer: Codable, Hashable, Sendable {
        /// In each of its notifications.
        public var subscription: String

        public init(subscription: String) { self.subscription = subscription }
    }
}

/// What can be told of, by the names of the audit trail.
public enum EventKind: String, Codable, CaseIterable, Hashable, Sendable {
    case tokenCreated = "token.created"
    case tokenUpdated = "token.updated"
    case tokenRotated = "token.rotated"
    case tokenRevoked = "token.revoked"
    case tokenRestored = "token.restored"
    case tokenPurged = "token.purged"
    case userDisabled = "user.disabled"
    case userMissing = "user.missing"
    case userGone = "user.gone"
    case userBack = "user.back"
    case syncAccepted = "sync.accepted"
    case syncHeld = "sync.held"
    case syncApproved = "sync.approved"
}
