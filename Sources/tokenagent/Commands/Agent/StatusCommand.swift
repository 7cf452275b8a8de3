import AgentProtocol
import ArgumentParser

struct StatusCommand: AgentCommand {
    static let configuration = described("status", "Say how the daemon is.")

    static let examples = [
        Example("tokenagent status", "its version, and how much it keeps"),
        Example("tokenagent status --json", "for a program"),
        Example("tokenagent status --metrics", "for Prometheus, where no bridge runs"),
    ]

    @Flag(help: "All metrics, in Prometheus text.")
    var metrics = false

    @OptionGroup var agent: AgentOptions

    var params: AgentStatus { AgentStatus(metrics: metrics ? true : nil) }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let status = try await session.ask(params)
        if metrics {
            // The line's end is the terminal's.
            try session.say(String((status.metrics ?? "").dropLast()))
            return .done
        }
        try session.say(Card(status: status, socket: session.socket.path, session.style))
        return .done
    }
}
