import AgentProtocol
import ArgumentParser

struct ListCommand: AgentCommand {
    static let configuration = described("list", "List tokens.")

    static let examples = [
        Example("tokenagent list", "the first hundred"),
        Example("tokenagent list alice", "Alice's"),
        Example("tokenagent list --state obsolete --all", "what `tokenagent purge` would take away"),
        Example("tokenagent list --service backup --json", "for a program"),
        Example("tokenagent list --created-after 2026-11-01T00:00:00Z --audience ci", "new ones for ci"),
    ]

    @OptionGroup var owner: OwnerOptions

    @Option(help: "Only those for it.")
    var audience: String?

    @Option(help: "Only those in this state.")
    var state: TokenState?

    @Option(help: ArgumentHelp("Created then or later (RFC 3339).", valueName: "time"))
    var createdAfter: WireTime?

    @Option(help: ArgumentHelp("Created before (RFC 3339).", valueName: "time"))
    var createdBefore: WireTime?

    @OptionGroup var page: PageOptions
    @OptionGroup var agent: AgentOptions

    var params: TokenList {
        var params = TokenList()
        params.owner = owner.reference
        params.audience = audience
        params.state = state
        params.createdAfter = createdAfter
        params.createdBefore = createdBefore
        params.limit = page.pageLimit
        params.cursor = page.cursor
        return params
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        var params = params
        var tokens: [TokenMetadata] = []
        var next: String?
        repeat {
            let answer = try await session.ask(params)
            tokens += answer.tokens
            next = answer.nextCursor
            params.cursor = next
        } while page.all && next != nil
        let style = session.style
        try session.say(tokens.isEmpty ? "No tokens." : Table(tokens: tokens, style).text(style))
        session.hintAtMore(next)
        return .done
    }
}

extension Session {
    /// A list that ends at the end of a page looks complete.
    func hintAtMore(_ cursor: String?) {
        guard let cursor, !json else { return }
        terminal.note("There is more: --all shows everything, --cursor \(cursor.printable) the next page.")
    }
}
