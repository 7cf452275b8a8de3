import AgentProtocol
import ArgumentParser

struct PurgeCommand: AgentCommand {
    static let configuration = described(
        "purge", "Take the tokens of those away who have left the directory.",
        discussion: """
            They are refused already; purging deletes them, and leaves tombstones from which `tokenagent \
            restore` brings them back. Nothing is purged while a guard holds a plan (exit code 4); many are \
            purged in parts, and a plan that is held meanwhile stops it.
            """)

    static let examples = [
        Example("tokenagent purge --dry-run", "what would be purged, and its plan"),
        Example("tokenagent purge --plan 3f9a41c07d52e6b8", "exactly that, or nothing"),
        Example("tokenagent sync --quiet && tokenagent purge --quiet", "for cron"),
    ]

    /// What there is to purge is for the daemon to say, however much.
    private static let timeout = Duration.seconds(24 * 3600)

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
        let params = params
        let isWatched = !quiet && !dryRun && session.terminal.errorIsTerminal
        let progress = isWatched ? Self.progress(session) : nil
        let outcome: Result<TokenPurge.Answer, CommandError>
        do {
            outcome = .success(try await session.ask(params, timeout: Self.timeout))
        } catch {
            outcome = .failure(error)
        }
        await progress?.stop()
        return try conclude(try outcome.get(), session)
    }

    private static func progress(_ session: Session) -> Progress {
        Progress.start(session) { watch throws(CommandError) in
            let tokens = try await watch.inquire(AgentStatus()).tokens
            return "\(tokens[TokenState.obsolete.rawValue] ?? 0) obsolete tokens are left"
        }
    }

    private func conclude(
        _ answer: TokenPurge.Answer, _ session: Session
    ) throws(CommandError) -> ExitStatus {
        if !quiet, answer.count > 0 || (answer.held == nil && answer.stopped == nil) {
            try report(answer, session)
        }
        if let held = answer.held {
            let approve = session.socket.command("sync --approve \(held.plan)")
            if !quiet { try session.say(held.text(session.style, approve: approve)) }
            session.terminal.complain(held.line(approve: approve))
            return .held
        }
        guard let stopped = answer.stopped else { return .done }
        session.terminal.complain("stopped after \(answer.count.tokens): \(stopped)")
        return .held
    }

    private func report(_ answer: TokenPurge.Answer, _ session: Session) throws(CommandError) {
        guard answer.count > 0 else {
            try session.say("Nothing to purge: no token's owner has left.")
            return
        }
        try session.say(Table(purged: answer.purged, session.style))
        if answer.leftOut > 0 { try session.say("… and \(answer.leftOut) more") }
        try session.say("")
        if answer.dryRun {
            try session.say("\(answer.count.tokens) would be purged. Exactly this, or nothing, with:")
            try session.say("  " + session.socket.command("purge --plan \(answer.plan ?? "")"))
        } else {
            let done = "Purged \(answer.count.tokens)."
            try session.say("\(done) While tombstones last, `tokenagent restore ID` brings one back.")
        }
    }
}
