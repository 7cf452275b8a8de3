import ArgumentParser

/// A subcommand that asks the daemon.
protocol AgentCommand: AsyncParsableCommand {
    /// Shown by `--help`; the tests parse them.
    static var examples: [Example] { get }

    var agent: AgentOptions { get }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus
}

extension AgentCommand {
    func run() async throws { try await askDaemon() }

    func askDaemon() async throws {
        let terminal = Terminal()
        let status: ExitStatus
        do {
            status = try await conduct(terminal)
        } catch {
            status = terminal.end(with: error)
        }
        if status != .done { throw ExitCode(status.rawValue) }
    }

    private func conduct(_ terminal: Terminal) async throws(CommandError) -> ExitStatus {
        let session = try await Session.open(agent, terminal)
        let status = try await carryOut(session)
        await session.close()
        return status
    }

    static func described(
        _ name: String, _ abstract: String, discussion: String = ""
    ) -> CommandConfiguration {
        let examples = Example.text(examples)
        return CommandConfiguration(
            commandName: name, abstract: abstract,
            discussion: discussion.isEmpty ? examples : "\(discussion)\n\n\(examples)")
    }
}
