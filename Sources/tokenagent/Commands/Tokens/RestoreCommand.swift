import AgentProtocol
import ArgumentParser

struct RestoreCommand: AgentCommand {
    static let configuration = described(
        "restore", "Bring a revoked or purged token back, while its tombstone lasts.")

    static let examples = [
        Example("tokenagent restore NFWIevo8", "the same secret is good again, if its owner is still there")
    ]

    @OptionGroup var token: TokenID
    @OptionGroup var agent: AgentOptions

    var params: TokenRestore { TokenRestore(id: token.id) }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let token = try await session.ask(params)
        let state = session.style.paint(token.state.rawValue, token.state.cell.colour)
        try session.say("Restored the token \(token.id) of \(token.owner.label.printable): it is \(state).")
        return .done
    }
}
