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
                ("purged", .array(Purged.schema, max: nil)), ("held", .nullable(.reference(.held))),
            ]),
            errors: [.notPermitted, .held, .storageUnavailable]))

    public struct Answer: Codable, Hashable, Sendable {
        @Nullable public var plan: String?
        public var dryRun: Bool
        public var purged: [Purged]
        @Nullable public var held: HeldPlan?

        public init(plan: String?, dryRun: Bool, purged: [Purged], held: HeldPlan?) {
            _plan = Nullable(wrappedValue: plan)
            self.dryRun = dryRun
            self.purged = purged
            _held = Nullable(wrappedValue: held)
        }

        enum CodingKeys: String, CodingKey {
            case plan, purged, held
            case dryRun = "dry_run"
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
