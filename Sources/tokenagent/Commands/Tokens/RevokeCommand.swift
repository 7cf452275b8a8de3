import AgentProtocol
import ArgumentParser

struct RevokeCommand: AgentCommand {
    static let configuration = described("revoke", "Make a token worthless, at once.")

    static let examples = [
        Example("tokenagent revoke NFWIevo8", "`tokenagent restore` takes it back, for a while"),
        Example("tokenagent revoke NFWIevo8 --reason 'laptop lost'", "with a reason for its history"),
    ]

    @OptionGroup var token: TokenID

    @Option(help: ArgumentHelp("For the audit trail.", valueName: "text"))
    var reason: String?

    @OptionGroup var agent: AgentOptions

    var params: TokenRevoke { TokenRevoke(id: token.id, reason: reason) }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let before = await session.state(of: self.token.id)
        let token = try await session.ask(params)
        guard before != .revoked else {
            try session.say("The token \(token.id) of \(token.owner.label.printable) was revoked already.")
            return .done
        }
        try session.say(
            "Revoked the token \(token.id) of \(token.owner.label.printable): refused from now on.")
        return .done
    }
}
