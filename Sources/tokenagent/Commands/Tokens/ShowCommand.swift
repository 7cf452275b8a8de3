import AgentProtocol
import ArgumentParser

struct ShowCommand: AgentCommand {
    static let configuration = described("show", "Show what is known of a token. Never its secret.")

    static let examples = [
        Example("tokenagent show NFWIevo8", "also revoked and purged ones, while their tombstone lasts")
    ]

    @OptionGroup var token: TokenID
    @OptionGroup var agent: AgentOptions

    var params: TokenShow { TokenShow(id: token.id) }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        try session.say(Card(token: try await session.ask(params), session.style))
        return .done
    }
}
