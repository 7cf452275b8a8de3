import AgentProtocol
import ArgumentParser

struct APIKeyListCommand: AgentCommand {
    static let configuration = described("list", "List the API keys of an entity.")

    static let examples = [
        Example("tokenagent apikey list --entity acme", "revoked ones included, for a while")
    ]

    @Option(help: ArgumentHelp("The entity, as it stands in the path of its API.", valueName: "id"))
    var entity: String

    @OptionGroup var agent: AgentOptions

    var params: TokenList {
        var params = TokenList()
        params.audience = APIKey(entity: entity, name: "").audience
        params.limit = Limits.listMax
        return params
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let keys = try await session.ask(params)
        let style = session.style
        try session.say(keys.tokens.isEmpty ? "No API keys." : Table(tokens: keys.tokens, style).text(style))
        session.hintAtMore(keys.nextCursor)
        return .done
    }
}
