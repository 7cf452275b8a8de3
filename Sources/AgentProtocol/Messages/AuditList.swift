/// Lines of the audit trail, oldest first: the last there are, or those after one of them.
public struct AuditList: MethodParams {
    public var token: String?
    public var user: OwnerReference?
    public var event: String?
    /// A part of who did it.
    public var by: String?
    /// Inclusive.
    public var since: WireTime?
    public var after: Int64?
    public var before: Int64?
    /// `Limits.listDefault` when left out.
    public var limit: Int?

    public init() {}

    public static let description = MethodDescription(
        .auditList, "Lists lines of the audit trail, oldest first.", callers: .admin,
        .init(
            params: [
                .init("token", .tokenID, "about this token"),
                .init(
                    "user", .reference(.ownerReference), "about this person or service, or tokens of theirs"),
                .init("event", .word(max: Limits.eventBytesMax)),
                .init("by", .word(max: Limits.emailBytesMax), "a part of who did it"),
                .init("since", .time, "inclusive"),
                .init("after", .count, "the first lines after this seq; else the last there are"),
                .init("before", .count, "lines before this seq"),
                .init("limit", .limit, "\(Limits.listDefault) when left out"),
            ],
            result: .all([
                ("lines", .array(Line.schema, max: Limits.listMax)), ("head", .text),
            ]),
            errors: [.notPermitted, .notFound]))

    public struct Answer: Codable, Hashable, Sendable {
        public var lines: [Line]
        /// The last line of the whole trail and its hash: `SEQ:HASH`.
        public var head: String

        public init(lines: [Line], head: String) {
            self.lines = lines
            self.head = head
        }
    }

    public struct Line: Codable, Hashable, Sendable {
        public var seq: Int64
        public var at: WireTime
        public var event: String
        @Nullable public var token: String?
        @Nullable public var owner: OwnerKey?
        /// The owner's, as it is known now; left out of services and of who is not known.
        public var login: String?
        /// Who did it: a caller, or the agent itself.
        public var by: String
        /// By what they were known, over which connection, and in which role.
        @Nullable public var how: String?
        @Nullable public var detail: String?
        public var hash: String

        public init(seq: Int64, at: WireTime, event: String, by: String, hash: String) {
            self.seq = seq
            self.at = at
            self.event = event
            self.by = by
            self.hash = hash
            _token = Nullable(wrappedValue: nil)
            _owner = Nullable(wrappedValue: nil)
            _how = Nullable(wrappedValue: nil)
            _detail = Nullable(wrappedValue: nil)
        }

        static let schema = Schema.all(
            [
                ("seq", .count), ("at", .time), ("event", .text), ("token", .nullable(.text)),
                ("owner", .nullable(.all([("source", .text), ("id", .text)]))), ("by", .text),
                ("how", .nullable(.text)), ("detail", .nullable(.text)), ("hash", .text),
            ], perhaps: [("login", .text)])
    }
}
