import AgentProtocol
import ArgumentParser

struct PurgeCommand: AgentCommand {
    static let configuration = described(
        "purge", "Take the tokens of those away who have left the directory.",
        discussion: """
            They are refused already; purging deletes them, and leaves tombstones from which `tokenagent \
            restore` brings them back. Nothing is purged while a guard holds a plan (exit code 4).
            """)

    static let examples = [
        Example("tokenagent purge --dry-run", "what would be purged, and its plan"),
        Example("tokenagent purge --plan 3f9a41c07d52e6b8", "exactly that, or nothing"),
        Example("tokenagent sync --quiet && tokenagent purge --quiet", "for cron"),
    ]

    @Flag(help: "Only say what would be done.")
    var dryRun = false

    @Option(help: ArgumentHelp("Purge exactly what the dry run showed, or nothing.", valueName: "plan"))
    var plan: String?

    @Option(help: ArgumentHelp("Only tokens of this directory's people.", valueName: "name"))
    var source: String?

    @Flag(name: .shortAndLong, help: "Say nothing when all is well.")
    var quiet = false

    @OptionGroup var agent: AgentOptions

    var params: TokenPurge {
        var params = TokenPurge()
        params.dryRun = dryRun ? true : nil
        params.plan = plan
        params.source = source
        return params
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let answer = try await session.ask(params, timeout: .seconds(600))
        if let held = answer.held {
            let approve = session.socket.command("sync --approve \(held.plan)")
            if !quiet { try session.say(held.text(session.style, approve: approve)) }
            session.terminal.complain(held.line(approve: approve))
            return .held
        }
        if !quiet { try report(answer, session) }
        return .done
    }

    private func report(_ answer: TokenPurge.Answer, _ session: Session) throws(CommandError) {
        guard !answer.purged.isEmpty else {
            try session.say("Nothing to purge: no token's owner has left.")
            return
        }
        try session.say(Table(purged: answer.purged, session.style))
        try session.say("")
        let count = answer.purged.count == 1 ? "1 token" : "\(answer.purged.count) tokens"
        if answer.dryRun {
            try session.say("\(count) would be purged. Exactly this, or nothing, with:")
            try session.say("  " + session.socket.command("purge --plan \(answer.plan ?? "")"))
        } else {
            try session.say(
                "Purged \(count). While tombstones last, `tokenagent restore ID` brings one back.")
        }
    }
}
