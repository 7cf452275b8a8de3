/// How each directory stands.
public struct DirectoryStatus: MethodParams {
    public init() {}

    public static let description = MethodDescription(
        .directoryStatus, "Says how each directory stands.", callers: .verifier,
        .init(result: .all([("sources", .array(Source.schema, max: nil))]), errors: [.notPermitted]))

    public struct Answer: Codable, Hashable, Sendable {
        public var sources: [Source]

        public init(sources: [Source]) { self.sources = sources }
    }

    public struct Source: Codable, Hashable, Sendable {
        public var source: String
        public var state: String
        @Nullable public var lastCompleteAt: WireTime?
        @Nullable public var ageSeconds: Int64?
        public var people: Int
        @Nullable public var method: String?
        @Nullable public var held: HeldPlan?
        @Nullable public var error: String?
        /// How many people the reading under way has seen; left out when there is none.
        public var reading: Int?
        /// How changes between full readings are told, or `full only`; and why so.
        public var changesMethod: String?
        public var changesWhy: String?
        /// Of one that is configured no more, how many tokens of its people are neither revoked nor purged;
        /// left out for the others.
        public var tokens: Int?

        /// How many owners the latest complete reading could not ask about, who stay as they are, and why
        /// not; left out when there are none.
        public var unconfirmed: Int?
        public var unconfirmedWhy: String?

        public init(source: String, state: String, people: Int) {
            self.source = source
            self.state = state
            self.people = people
            _lastCompleteAt = Nullable(wrappedValue: nil)
            _ageSeconds = Nullable(wrappedValue: nil)
            _method = Nullable(wrappedValue: nil)
            _held = Nullable(wrappedValue: nil)
            _error = Nullable(wrappedValue: nil)
        }

        enum CodingKeys: String, CodingKey {
            case source, state, people, method, held, error, reading, tokens, unconfirmed
            case lastCompleteAt = "last_complete_at"
            case ageSeconds = "age_s"
            case changesMethod = "changes_method"
            case changesWhy = "changes_why"
            case unconfirmedWhy = "unconfirmed_why"
        }

        static let schema = Schema.all(
            [
                ("source", .text), ("state", .text), ("last_complete_at", .nullable(.time)),
                ("age_s", .nullable(.count)), ("people", .count), ("method", .nullable(.text)),
                ("held", .nullable(.reference(.held))), ("error", .nullable(.text)),
            ],
            perhaps: [
                ("reading", .count), ("changes_method", .text), ("changes_why", .text), ("tokens", .count),
                ("unconfirmed", .count), ("unconfirmed_why", .text),
            ])
    }
}
