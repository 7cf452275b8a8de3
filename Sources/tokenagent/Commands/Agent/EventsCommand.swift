import AgentClient
import AgentProtocol
import ArgumentParser
import Foundation

struct EventsCommand: AgentCommand {
    static let configuration = described(
        "events", "Show what happens to tokens, people and directories, as it happens.",
        discussion: """
            A line each, until it is interrupted or the daemon stops. Whoever reads too slowly is told how \
            many were lost.
            """)

    static let examples = [
        Example("tokenagent events", "everything"),
        Example("tokenagent events --kind user.gone --kind token.revoked --json", "some, for a program"),
    ]

    @Option(
        help: ArgumentHelp("Only this kind; may be repeated.", valueName: "kind"))
    var kind: [EventKind] = []

    @OptionGroup var agent: AgentOptions

    var params: EventsSubscribe { EventsSubscribe(kinds: kind.isEmpty ? nil : kind) }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        try await session.follow(params)
        return .done
    }
}
