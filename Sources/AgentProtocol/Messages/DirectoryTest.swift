/// Tries a directory step by step, and says what to do about what fails.
public struct DirectoryTest: MethodParams {
    /// All sources when left out.
    public var source: String?

    public init(source: String? = nil) { self.source = source }

    public static let description = MethodDescription(
        .directoryTest,
        "Tries each directory step by step: connection, TLS, bind, search, limits, paging, attributes.",
        callers: .admin,
        .init(
            params: [.init("source", .source, "all sources when left out")],
            result: .all([("checks", .array(Check.schema, max: nil))]), errors: [.notPermitted, .notFound]))

    public struct Answer: Codable, Hashable, Sendable {
        public var checks: [Check]

        public init(checks: [Check]) { self.checks = checks }
    }

    public struct Check: Codable, Hashable, Sendable {
        public var source: String
        public var check: String
        public var ok: Bool
        @Nullable public var detail: String?
        @Nullable public var advice: String?

        public init(source: String, check: String, ok: Bool, detail: String?, advice: String?) {
            self.source = source
            self.check = check
            self.ok = ok
            _detail = Nullable(wrappedValue: detail)
            _advice = Nullable(wrappedValue: advice)
        }

        static let schema = Schema.all([
            ("source", .text), ("check", .text), ("ok", .boolean), ("detail", .nullable(.text)),
            ("advice", .nullable(.text)),
        ])
    }
}
