import AgentProtocol
import TokenCore
import TokenStorage

extension Card {
    init(backup facts: BackupFacts, file: String, key: String, _ style: Style) {
        self.init()
        add("backup", Cell("\(file), \(facts.bytes / 1024) KiB, checked", .green))
        add(facts, style)
        let ids = facts.keys.joined(separator: ", ")
        add(
            "sealing key",
            facts.keys.isEmpty
                ? "not in it, nor needed: no secret is sealed"
                : "not in it, and needed to reveal what is sealed: keep \(key) (\(ids)) in another place")
    }

    /// `asked`: tokens of before a time were to be revoked.
    init(restored report: RestoreReport, file: String, dryRun: Bool, asked: Bool, _ style: Style) {
        self.init()
        let verb = dryRun ? "would be restored" : "restored"
        add("backup", Cell("\(file) \(verb)", dryRun ? .yellow : .green))
        add(report.backup, style)
        add("since then", Self.since(report))
        if let loss = report.loss { add("not known", Cell("\(loss)", .yellow)) }
        add("stay ended", Self.list(report.ended))
        add("kept as changed", Self.list(report.carriedOver))
        add("revoked now", Self.list(report.revoked) ?? (asked ? "0" : nil))
        if report.loss != nil, report.live > 0 {
            let since = report.backup.lastLineAt.map {
                "the backup's last change, \(WireTime(milliseconds: $0.milliseconds).stamp(style))"
            }
            let count = report.live == 1 ? "1 token, which" : "\(report.live) tokens, any of which"
            add("good again", Cell("\(count) may have been revoked since \(since ?? "the backup")", .yellow))
        }
        add("known no more", Self.list(report.forgotten))
        add("former database", report.former)
    }

    private mutating func add(_ facts: BackupFacts, _ style: Style) {
        let time = facts.lastLineAt.map { " of \(WireTime(milliseconds: $0.milliseconds).full(style))" } ?? ""
        add("revision", "\(facts.revision)\(time) (schema \(facts.schema))")
        add("head", "\(facts.revision):\(Hex.encode(facts.head))")
        add("tokens", "\(facts.liveTokens), and \(facts.endedTokens) tombstones")
        add("people", "\(facts.people)")
    }

    private static func since(_ report: RestoreReport) -> String {
        "\(report.linesKept) audit lines kept; \(report.people) people stand as they were found"
    }

    private static let listed = 20

    private static func list(_ tokens: [UserCode]) -> String? {
        guard !tokens.isEmpty else { return nil }
        let names = tokens.prefix(listed).map(\.description).joined(separator: " ")
        return tokens.count > listed ? "\(tokens.count): \(names) …" : "\(tokens.count): \(names)"
    }
}
