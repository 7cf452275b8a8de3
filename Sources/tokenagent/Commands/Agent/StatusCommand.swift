import AgentProtocol
import ArgumentParser

struct StatusCommand: AgentCommand {
    static let configuration = described("status", "Say how the daemon is.")

    static let examples = [
        Example("tokenagent status", "its version, and how much it keeps"),
        Example("tokenagent status --json", "for a program"),
    ]

    @OptionGroup var agent: AgentOptions

    var params: AgentStatus { AgentStatus() }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let status = try await session.ask(params)
        try session.say(Card(status: status, socket: session.socket.path, session.style))
        return .done
    }
}
