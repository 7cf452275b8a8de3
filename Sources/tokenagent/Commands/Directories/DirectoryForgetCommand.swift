import AgentProtocol
import ArgumentParser

struct DirectoryForgetCommand: AgentCommand {
    static let configuration = described(
        "forget", "End what is left of a directory that is configured no more.",
        discussion: """
            Its people's tokens stay good when a directory is taken out of the configuration or gets another \
            name, and nobody reads any more who has left. This purges them, and drops the people. Tombstones \
            stay, from which `tokenagent restore` brings tokens back, suspended until the directory is \
            configured under its name and read.
            """)

    static let examples = [
        Example("tokenagent directory forget corp2 --dry-run", "how many people and tokens that is"),
        Example("tokenagent directory forget corp2", "do it"),
    ]

    @Argument(help: ArgumentHelp("The name that the directory had.", valueName: "name"))
    var source: String

    @Flag(help: "Only say what would be done.")
    var dryRun = false

    @OptionGroup var agent: AgentOptions

    var params: DirectoryForget {
        var params = DirectoryForget(source: source)
        params.dryRun = dryRun ? true : nil
        return params
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let answer = try await session.ask(params, timeout: .seconds(600))
        let tokens = answer.purged == 1 ? "1 token" : "\(answer.purged) tokens"
        let people = answer.people == 1 ? "1 person" : "\(answer.people) people"
        let name = answer.source.printable
        try session.say(
            dryRun
                ? "\(name) has \(people); \(tokens) would be purged."
                : "\(name) is forgotten: \(people), and \(tokens) purged.")
        return .done
    }
}
