import AgentProtocol
import ArgumentParser

struct APIKeyRevokeCommand: AgentCommand {
    static let configuration = described("revoke", "Make an API key worthless, at once.")

    static let examples = [
        Example(
            "tokenagent apikey revoke NFWIevo8 --reason 'portal is gone'",
            "by its id, as `apikey list` has it")
    ]

    @OptionGroup var token: TokenID

    @Option(help: ArgumentHelp("For the audit trail.", valueName: "text"))
    var reason: String?

    @OptionGroup var agent: AgentOptions

    var params: TokenRevoke { TokenRevoke(id: token.id, reason: reason) }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let key = try await session.ask(params)
        try session.say("Revoked the API key \(key.id) of \(key.owner.label.printable): refused from now on.")
        return .done
    }
}
