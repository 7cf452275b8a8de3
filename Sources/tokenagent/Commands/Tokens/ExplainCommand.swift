import AgentProtocol
import ArgumentParser

struct ExplainCommand: AgentCommand {
    static let configuration = described("explain", "Tell why a token is in the state it is in.")

    static let examples = [Example("tokenagent explain NFWIevo8", "its history, and its owner's")]

    @OptionGroup var token: TokenID
    @OptionGroup var agent: AgentOptions

    var params: TokenExplain { TokenExplain(id: token.id) }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let answer = try await session.ask(params)
        try session.say(Card(token: answer.token, session.style))
        try session.say("")
        try session.say(Table(events: answer.events, session.style))
        return .done
    }
}
