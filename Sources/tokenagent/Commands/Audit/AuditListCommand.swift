import AgentProtocol
import ArgumentParser

struct AuditListCommand: AgentCommand {
    static let configuration = described(
        "list", "Show lines of the audit trail, the newest last.",
        discussion: "`tokenagent audit` alone does the same.")

    static let examples = [
        Example("tokenagent audit list", "what happened last"),
        Example("tokenagent audit list --token NFWIevo8 --all", "everything about a token"),
        Example("tokenagent audit list --user alice --since 2026-11-01T00:00:00Z", "about a person's tokens"),
        Example("tokenagent audit list --event token.revoked --follow", "as it happens"),
    ]

    /// Between two looks for new lines.
    private static let followInterval = Duration.milliseconds(500)

    @Option(help: ArgumentHelp("Lines about this token.", valueName: "id"))
    var token: String?

    @Option(help: ArgumentHelp("Lines about this person, or tokens of theirs.", valueName: "login"))
    var user: String?

    @Option(help: ArgumentHelp("Lines about this service, or tokens of its.", valueName: "name"))
    var service: String?

    @Option(help: ArgumentHelp("Lines of this kind: token.revoked, user.gone, …", valueName: "event"))
    var event: String?

    @Option(help: ArgumentHelp("Lines in whose author this occurs.", valueName: "text"))
    var by: String?

    @Option(help: ArgumentHelp("Lines from this moment on.", valueName: "time"))
    var since: WireTime?

    @Option(
        help: ArgumentHelp(
            "At most so many, 1 to \(Limits.listMax); \(Limits.listDefault) when left out.",
            valueName: "count"))
    var limit: Int?

    @Flag(help: "All lines there are, from the first on. With --json: an answer a line.")
    var all = false

    @Flag(help: "Go on with new lines as they are written.")
    var follow = false

    @OptionGroup var agent: AgentOptions

    func validate() throws {
        if let limit, !(1...Limits.listMax).contains(limit) {
            throw ValidationError("--limit is 1 to \(Limits.listMax)")
        }
        if user != nil, service != nil { throw ValidationError("--user or --service, not both") }
    }

    var params: AuditList {
        var params = AuditList()
        params.token = token
        params.user =
            service.map { .key(OwnerKey(source: Owner.serviceSource, id: $0)) } ?? user.map { .label($0) }
        (params.event, params.by, params.since) = (event, by, since)
        params.limit = limit ?? (all ? Limits.listMax : nil)
        if all { params.after = 0 }
        return params
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        var params = params
        var isFirst = true
        while true {
            let page = try await session.ask(params, isNews: { isFirst || !$0.lines.isEmpty })
            if isFirst || !page.lines.isEmpty { try session.say(page, isFirst: isFirst) }
            isFirst = false
            let isFull = page.lines.count == params.limit ?? Limits.listDefault
            guard follow || (all && isFull) else { return .done }
            // Where a page is full, more may lie behind it; else all that there was is known.
            let isWhole = params.after == nil || !isFull
            params.after = isWhole ? page.end : page.lines.last?.seq
            params.limit = Limits.listMax
            guard isWhole else { continue }
            do { try await Task.sleep(for: Self.followInterval) } catch { return .done }
        }
    }
}

extension AuditList.Answer {
    /// The number of the trail's last line.
    fileprivate var end: Int64 { Int64(head.prefix { $0 != ":" }) ?? 0 }
}

extension Session {
    fileprivate func say(_ page: AuditList.Answer, isFirst: Bool) throws(CommandError) {
        let table = Table(lines: page.lines, style)
        try isFirst ? say(table) : say(table.rowsText(style))
    }
}
