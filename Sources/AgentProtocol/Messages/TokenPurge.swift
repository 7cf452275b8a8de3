/// Purges the tokens of owners who are confirmed gone.
public struct TokenPurge: MethodParams {
    /// False when left out.
    public var dryRun: Bool?
    /// Exactly this plan, once, if it still holds.
    public var plan: String?
    /// All sources when left out.
    public var source: String?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case plan, source
        case dryRun = "dry_run"
    }

    public static let description = MethodDescription(
        .tokenPurge, "Purges obsolete tokens, leaving tombstones.", callers: .admin,
        .init(
            params: [
                .init("dry_run", .boolean, "only says what it would do"),
                .init("plan", .plan, "exactly this plan, once, if it still holds"),
                .init("source", .source, "all sources when left out"),
            ],
            result: .all([
                ("plan", .nullable(.text)), ("dry_run", .boolean),
                ("count", .count), ("purged", .array(Purged.schema, max: Limits.purgedListedMax)),
                ("left_out", .count), ("held", .nullable(.reference(.held))),
                ("stopped", .nullable(.text)),
            ]),
            errors: [.notPermitted, .held, .storageUnavailable]))

    public struct Answer: Codable, Hashable, Sendable {
        @Nullable public var plan: String?
        public var dryRun: Bool
        /// How many were purged, or would be.
        public var count: Int
        /// The first of them: at most `Limits.purgedListedMax`.
        public var purged: [Purged]
        /// How many more there are.
        public var leftOut: Int
        @Nullable public var held: HeldPlan?
        /// Why it ended before all of its plan was purged, where no plan is held.
        @Nullable public var stopped: String?

        public init(
            plan: String?, dryRun: Bool, purged: [Purged], count: Int? = nil, held: HeldPlan?,
            stopped: String? = nil
        ) {
            _plan = Nullable(wrappedValue: plan)
            self.dryRun = dryRun
            self.purged = purged
            self.count = count ?? purged.count
            leftOut = self.count - purged.count
            _held = Nullable(wrappedValue: held)
            _stopped = Nullable(wrappedValue: stopped)
        }

        enum CodingKeys: String, CodingKey {
            case plan, count, purged, held, stopped
            case dryRun = "dry_run"
            case leftOut = "left_out"
        }
    }

    public struct Purged: Codable, Hashable, Sendable {
        public var id: String
        public var owner: Owner
        public var audience: String
        public var reason: String
        public var since: WireTime

        public init(id: String, owner: Owner, audience: String, reason: String, since: WireTime) {
            self.id = id
            self.owner = owner
            self.audience = audience
            self.reason = reason
            self.since = since
        }

        static let schema = Schema.all([
            ("id", .text), ("owner", .reference(.owner)), ("audience", .text), ("reason", .text),
            ("since", .time),
        ])
    }
}
