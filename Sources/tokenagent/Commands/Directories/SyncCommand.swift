import AgentProtocol
import ArgumentParser

struct SyncCommand: AgentCommand {
    static let configuration = described(
        "sync", "Read the directories now, and apply what changed.",
        discussion: """
            A directory that cannot be read whole takes nothing away, and owners who cannot be asked about \
            keep their tokens (exit code 3). More removals than the \
            guard allows wait for an approval (exit code 4).
            """)

    static let examples = [
        Example("tokenagent sync", "all directories"),
        Example("tokenagent sync --source corp --dry-run", "what one would change"),
        Example("tokenagent sync --approve 3f9a41c07d52e6b8", "applies exactly the plan that is held"),
        Example("tokenagent sync --quiet && tokenagent purge --quiet", "for cron"),
    ]

    /// A reading has a deadline of its own, which the daemon keeps.
    private static let timeout = Duration.seconds(24 * 3600)

    @Option(help: "How much to read; auto when left out.")
    var mode: DirectorySync.Mode?

    @Option(help: ArgumentHelp("Only this directory.", valueName: "name"))
    var source: String?

    @Flag(help: "Only say what would be done.")
    var dryRun = false

    @Option(help: ArgumentHelp("Apply exactly this held plan, once.", valueName: "plan"))
    var approve: String?

    @Flag(name: .shortAndLong, help: "Say nothing when all is well.")
    var quiet = false

    @OptionGroup var agent: AgentOptions

    func validate() throws {
        // Whatever else it is would be repeated by the daemon, which knows no such plan.
        if let approve, !approve.allSatisfy(\.isHexDigit) {
            throw ValidationError("--approve takes a plan's id, as `tokenagent directory status` shows it")
        }
    }

    var params: DirectorySync {
        var params = DirectorySync()
        params.mode = mode
        params.source = source
        params.dryRun = dryRun ? true : nil
        params.approve = approve
        return params
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let params = params
        let progress = quiet || !session.terminal.errorIsTerminal ? nil : SyncProgress.start(session)
        let outcome: Result<DirectorySync.Answer, CommandError>
        do {
            outcome = .success(try await session.ask(params, timeout: Self.timeout))
        } catch {
            outcome = .failure(error)
        }
        await progress?.stop()
        return try conclude(try outcome.get().reports, session)
    }

    private func conclude(
        _ reports: [DirectorySync.Report], _ session: Session
    ) throws(CommandError) -> ExitStatus {
        let plans = reports.compactMap(\.held).map { held in
            (held: held, approve: dryRun ? nil : session.socket.command("sync --approve \(held.plan)"))
        }
        if !quiet {
            try session.say(
                reports.isEmpty ? "No directory is configured." : Table(reports: reports).text(session.style))
            if dryRun { try session.say("This was a dry run: nothing was done.") }
            for plan in plans { try session.say("\n" + plan.held.text(session.style, approve: plan.approve)) }
        }
        for plan in plans { session.terminal.complain(plan.held.line(approve: plan.approve)) }
        for report in reports where !report.complete {
            let reason = report.error ?? "the reading was not complete"
            session.terminal.complain("\(report.source): nothing done: \(reason)")
        }
        for report in reports where report.complete && report.isUnconfirmed {
            session.terminal.complain(
                "\(report.source): \(report.error ?? "not all owners could be confirmed")")
        }
        return Self.status(reports)
    }

    /// A held plan waits for a person, so it comes before what the next run may get right.
    static func status(_ reports: [DirectorySync.Report]) -> ExitStatus {
        if reports.contains(where: { $0.held != nil }) { return .held }
        let isDone = reports.allSatisfy { $0.complete && !$0.isUnconfirmed }
        return isDone ? .done : .directoryUnavailable
    }
}

extension DirectorySync.Report {
    /// Somebody may have left of whom nobody could be asked.
    var isUnconfirmed: Bool { unconfirmed.map { $0 > 0 } ?? false }
}
