/// Ends what is left of a directory that is configured no more.
public struct DirectoryForget: MethodParams {
    public var source: String
    /// Only says what would be done.
    public var dryRun: Bool?

    public init(source: String) { self.source = source }

    enum CodingKeys: String, CodingKey {
        case source
        case dryRun = "dry_run"
    }

    public static let description = MethodDescription(
        .directoryForget,
        "Purges the tokens of a directory that is configured no more, and drops its people.", callers: .admin,
        .init(
            params: [
                .init("source", .source, required: true),
                .init("dry_run", .boolean, "only say what would be done"),
            ],
            result: .all([
                ("source", .text), ("dry_run", .boolean), ("people", .count), ("purged", .count),
            ]),
            errors: [.notPermitted, .notFound, .conflict, .storageUnavailable]))

    public struct Answer: Codable, Hashable, Sendable {
        public var source: String
        public var dryRun: Bool
        /// Who was known of it.
        public var people: Int
        /// How many of their tokens were purged; they have tombstones.
        public var purged: Int

        public init(source: String, dryRun: Bool, people: Int, purged: Int) {
            self.source = source
            self.dryRun = dryRun
            self.people = people
            self.purged = purged
        }

        enum CodingKeys: String, CodingKey {
            case source, people, purged
            case dryRun = "dry_run"
        }
    }
}
