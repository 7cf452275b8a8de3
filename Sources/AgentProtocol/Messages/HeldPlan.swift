/// What a safety guard holds back until somebody approves the plan by its id.
public struct HeldPlan: Codable, Hashable, Sendable {
    /// The hash of what it would do.
    public var plan: String
    public var source: String
    public var reason: Reason
    public var wouldRemove: Int
    /// How many of them would be suspended only: they are in the directory, where nobody is read.
    public var wouldSuspend: Int?
    /// How many owners, besides those to be removed, are disabled now and would be suspended.
    public var wouldDisable: Int?
    /// How many were removed in the hour before, and count with them.
    public var removedLately: Int?
    /// How many people there were when the directory was last read and accepted, and how many it has now.
    public var peopleBefore: Int?
    public var people: Int?
    /// In which keys the configuration differs from that of the last accepted reading; nil where it does not,
    /// and where that is not known.
    public var changedKeys: [String]?
    /// How many would have been applied unasked.
    public var limit: Int
    /// At most `Limits.heldRemovalsMax` of them, and then of those who are disabled.
    public var removals: [Removal]
    public var since: WireTime
    /// Until when it may be approved.
    public var expiresAt: WireTime

    public init(
        plan: String, source: String, reason: Reason, wouldRemove: Int, limit: Int, removals: [Removal],
        since: WireTime, expiresAt: WireTime
    ) {
        self.plan = plan
        self.source = source
        self.reason = reason
        self.wouldRemove = wouldRemove
        self.limit = limit
        self.removals = removals
        self.since = since
        self.expiresAt = expiresAt
    }

    public enum Reason: String, Codable, CaseIterable, Hashable, Sendable {
        case tooManyRemovals = "too_many_removals"
        case peopleDropped = "people_dropped"
        case configurationChanged = "configuration_changed"
    }

    public struct Removal: Codable, Hashable, Sendable {
        public var owner: OwnerKey
        public var login: String
        /// What the directory showed.
        public var evidence: String

        public init(owner: OwnerKey, login: String, evidence: String) {
            self.owner = owner
            self.login = login
            self.evidence = evidence
        }

        static let schema = Schema.all([
            ("owner", OwnerKey.schema), ("login", .text), ("evidence", .text),
        ])
    }

    enum CodingKeys: String, CodingKey {
        case plan, source, reason, limit, removals, since, people
        case wouldRemove = "would_remove"
        case wouldSuspend = "would_suspend"
        case wouldDisable = "would_disable"
        case removedLately = "removed_lately"
        case peopleBefore = "people_before"
        case changedKeys = "changed_keys"
        case expiresAt = "expires_at"
    }

    static let schema = Schema.all(
        [
            ("plan", .text), ("source", .text), ("reason", .words(Reason.allCases.map(\.rawValue))),
            ("would_remove", .count), ("limit", .count),
            ("removals", .array(Removal.schema, max: Limits.heldRemovalsMax)), ("since", .time),
            ("expires_at", .time),
        ],
        perhaps: [
            ("would_suspend", .count), ("would_disable", .count), ("removed_lately", .count),
            ("people_before", .count), ("people", .count), ("changed_keys", .array(.text, max: nil)),
        ])
}
