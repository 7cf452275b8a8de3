import AgentProtocol
import ArgumentParser
import Foundation
import TokenCore
import TokenStorage

/// What `restore` takes besides when it is given a backup.
struct BackupRestore: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Of a backup: the daemon's configuration; else as for serve.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Of a backup: revoke tokens whose secret was drawn before this.", valueName: "time"))
    var revokeIssuedBefore: WireTime?

    @Flag(help: "Of a backup: let be good again what may have been revoked since, if that is not known.")
    var acceptUnrevoked = false

    @Flag(help: "Of a backup: take one whose audit trail does not hold together.")
    var acceptBrokenAudit = false

    @Flag(help: "Of a backup: say what would happen, and change nothing.")
    var dryRun = false

    func validate() throws {
        if revokeIssuedBefore != nil, acceptUnrevoked {
            throw ValidationError("--revoke-issued-before or --accept-unrevoked, not both")
        }
    }

    var isGiven: Bool {
        config != nil || revokeIssuedBefore != nil || acceptUnrevoked || acceptBrokenAudit || dryRun
    }

    func restore(_ file: String, json: Bool) throws {
        try StorageCommand.run { terminal throws(CommandError) in
            let storage = try StorageCommand.storage(config)
            let report: RestoreReport
            do throws(BackupError) {
                report = try StoreRestore.run(
                    file, over: storage.path, options, progress: StorageCommand.progress(terminal))
            } catch {
                throw .storage(error)
            }
            if let warning = warning(report, terminal.style) { terminal.complain(warning) }
            if json { return try terminal.write(RestoreAnswer(report, dryRun: dryRun).json()) }
            let card = Card(
                restored: report, file: file, dryRun: dryRun, asked: revokeIssuedBefore != nil, terminal.style
            )
            try terminal.write(card.text(terminal.style))
        }
    }

    /// A time of before the backup's last change leaves tokens good that were made until then: whoever gives
    /// one has mistaken it for the time of the backup, or of the damage.
    private func warning(_ report: RestoreReport, _ style: Style) -> String? {
        guard report.loss != nil, report.live > 0, let time = revokeIssuedBefore,
            let last = report.backup.lastLineAt, time.milliseconds <= last.milliseconds
        else { return nil }
        return
            "warning: \(time.stamp(style)) is before the backup's last change, so tokens that were revoked "
            + "after the backup are good again; with the time of now none is"
    }

    private var options: RestoreOptions {
        let uid = getuid()
        let login = getpwuid(uid).map { " (\(String(cString: $0.pointee.pw_name)))" } ?? ""
        var options = RestoreOptions(
            now: Daemon.now(), by: Author("uid \(uid)\(login)", how: "at the command line"))
        if let time = revokeIssuedBefore {
            options.unknown = .revokeIssued(before: Timestamp(milliseconds: time.milliseconds))
        } else if acceptUnrevoked {
            options.unknown = .accept
        }
        options.acceptBrokenAudit = acceptBrokenAudit
        options.dryRun = dryRun
        return options
    }
}
