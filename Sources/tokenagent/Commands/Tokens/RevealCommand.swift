import AgentProtocol
import ArgumentParser

struct RevealCommand: AgentCommand {
    static let configuration = described(
        "reveal", "Show the secret of a token that was created with --retrievable.",
        discussion: "The token goes alone to standard output. That it was shown is in its history.")

    static let examples = [
        Example("tokenagent reveal NFWIevo8", "the whole token again"),
        Example("tokenagent reveal NFWIevo8 --output alice.token", "into a new file that only you can read"),
    ]

    @OptionGroup var token: TokenID
    @OptionGroup var secret: SecretOptions
    @OptionGroup var agent: AgentOptions

    func validate() throws { try secret.check(agent) }

    var params: TokenReveal { TokenReveal(id: token.id) }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let file = try secret.open()
        let revealed = try await session.ask(params)
        try secret.deliver(revealed.token, to: file, session)
        return .done
    }
}
