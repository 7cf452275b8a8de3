/// Whether the audit trail is as it was written.
public struct AuditVerify: MethodParams {
    /// `SEQ:HASH` of an earlier time, kept elsewhere.
    public var head: String?

    public init(head: String? = nil) { self.head = head }

    public static let description = MethodDescription(
        .auditVerify, "Checks the audit trail, line by line.", callers: .admin,
        .init(
            params: [.init("head", .word(max: Limits.headBytesMax), "SEQ:HASH of an earlier time")],
            result: .all([
                ("intact", .boolean), ("lines", .count), ("head", .text), ("broken_at", .nullable(.count)),
                ("missing", .array(.text, max: nil)),
            ]),
            errors: [.notPermitted, .storageUnavailable]))

    public struct Answer: Codable, Hashable, Sendable {
        public var intact: Bool
        /// As far as it holds together.
        public var lines: Int64
        /// The last line and its hash.
        public var head: String
        /// The first line that was changed or removed.
        @Nullable public var brokenAt: Int64?
        /// What the trail once went through, and does not now: it was cut, or written anew as a whole.
        public var missing: [String]

        public init(intact: Bool, lines: Int64, head: String, brokenAt: Int64?, missing: [String]) {
            self.intact = intact
            self.lines = lines
            self.head = head
            _brokenAt = Nullable(wrappedValue: brokenAt)
            self.missing = missing
        }

        enum CodingKeys: String, CodingKey {
            case intact, lines, head, missing
            case brokenAt = "broken_at"
        }
    }
}
