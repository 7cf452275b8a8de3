import AgentProtocol
import ArgumentParser

struct WhoamiCommand: AgentCommand {
    static let configuration = described(
        "whoami", "Say who the daemon takes you for, and which roles you have.")

    static let examples = [Example("tokenagent whoami", "as the kernel and the configuration say")]

    @OptionGroup var agent: AgentOptions

    var params: AgentWhoami { AgentWhoami() }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        try session.say(Card(whoami: try await session.ask(params)))
        return .done
    }
}
