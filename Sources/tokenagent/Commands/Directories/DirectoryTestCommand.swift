import AgentProtocol
import ArgumentParser

struct DirectoryTestCommand: AgentCommand {
    static let configuration = described(
        "test", "Try each directory step by step, and say what to do about what fails.",
        discussion: """
            Connection, TLS, bind, the search itself, limits, paging, attributes. Exit code 1 if one fails.
            """)

    static let examples = [
        Example("tokenagent directory test", "all of them"),
        Example("tokenagent directory test --source corp", "one"),
    ]

    @Option(help: ArgumentHelp("Only this directory.", valueName: "name"))
    var source: String?

    @OptionGroup var agent: AgentOptions

    var params: DirectoryTest { DirectoryTest(source: source) }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        // Each step may run into a time-out of its own.
        let checks = try await session.ask(params, timeout: .seconds(600)).checks
        let style = session.style
        try session.say(checks.isEmpty ? "No directory is configured." : Table(checks: checks).text(style))
        for check in checks {
            guard let advice = check.advice else { continue }
            try session.say("\n\(check.source.printable), \(check.check.printable): \(advice.printable)")
        }
        return checks.allSatisfy(\.ok) ? .done : .refused
    }
}
