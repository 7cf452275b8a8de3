/// Reads directories now.
public struct DirectorySync: MethodParams {
    /// `auto` when left out.
    public var mode: Mode?
    /// All sources when left out.
    public var source: String?
    /// False when left out.
    public var dryRun: Bool?
    /// The id of a held plan.
    public var approve: String?

    public init() {}

    public enum Mode: String, Codable, CaseIterable, Hashable, Sendable {
        case auto, full, changes
    }

    enum CodingKeys: String, CodingKey {
        case mode, source, approve
        case dryRun = "dry_run"
    }

    public static let description = MethodDescription(
        .directorySync, "Reads the directories and applies what changed.", callers: .admin,
        .init(
            params: [
                .init("mode", .words(Mode.allCases.map(\.rawValue)), "auto when left out"),
                .init("source", .source, "all sources when left out"),
                .init("dry_run", .boolean, "only says what it would do"),
                .init("approve", .plan, "the id of a held plan: applies exactly that, once"),
            ],
            result: .all([("reports", .array(Report.schema, max: nil))]),
            errors: [.notPermitted, .notFound, .held, .directoryUnavailable, .storageUnavailable]))

    public struct Answer: Codable, Hashable, Sendable {
        public var reports: [Report]

        public init(reports: [Report]) { self.reports = reports }
    }

    /// One reading of one source.
    public struct Report: Codable, Hashable, Sendable {
        public var source: String
        /// How it was read.
        public var method: String
        /// Only a complete reading may conclude that somebody is gone.
        public var complete = false
        public var people = 0
        public var added = 0
        public var changed = 0
        public var gone = 0
        public var disabled = 0
        public var suspended = 0
        @Nullable public var held: HeldPlan? = nil
        public var seconds = 0.0
        /// Why it is not complete, or what of it could not be done; left out when there is nothing to say.
        public var error: String?
        /// How many owners could not be asked about, and stay as they are; left out when there are none.
        public var unconfirmed: Int?

        public init(source: String, method: String) {
            self.source = source
            self.method = method
        }

        static let schema = Schema.all(
            [
                ("source", .text), ("method", .text), ("complete", .boolean), ("people", .count),
                ("added", .count), ("changed", .count), ("gone", .count), ("disabled", .count),
                ("suspended", .count), ("held", .nullable(.reference(.held))), ("seconds", .number),
            ], perhaps: [("error", .text), ("unconfirmed", .count)])
    }
}
