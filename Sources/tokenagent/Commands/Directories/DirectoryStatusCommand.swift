import AgentProtocol
import ArgumentParser

struct DirectoryStatusCommand: AgentCommand {
    static let configuration = described("status", "Show how each directory stands.")

    static let examples = [
        Example("tokenagent directory status", "when each was read last, and which plans are held")
    ]

    @OptionGroup var agent: AgentOptions

    var params: DirectoryStatus { DirectoryStatus() }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let sources = try await session.ask(params).sources
        guard !sources.isEmpty else {
            try session.say("No directory is configured: there are only tokens of services.")
            return .done
        }
        try session.say(Table(sources: sources, session.style))
        for held in sources.compactMap(\.held) {
            let approve = session.socket.command("sync --approve \(held.plan)")
            try session.say("\n" + held.text(session.style, approve: approve))
        }
        return .done
    }
}
