import ArgumentParser
import Foundation
import TokenStorage

/// Reads the database itself, and asks no daemon: whoever may read its file may copy it, and no one else.
struct BackupCommand: AsyncParsableCommand {
    static let examples = [
        Example("tokenagent backup /srv/backup/tokens.sqlite", "while the daemon runs, or not"),
        Example("tokenagent backup --force --quiet /srv/backup/tokens.sqlite", "for cron"),
    ]

    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database into a file, and check the copy.",
        discussion: """
            Run it as root or as the daemon's user. The file is for its owner alone and takes its name only \
            when it is whole: integrity and audit trail are checked before. The sealing key is not in it; \
            keep that elsewhere.

            \(Example.text(examples))
            """)

    @Argument(help: "The file to make.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp("The daemon's configuration; else as for serve.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: String?

    @Flag(help: "Replace the file if it is there.")
    var force = false

    @Flag(help: "Keep a copy even if its audit trail does not hold together.")
    var acceptBrokenAudit = false

    @Flag(name: .shortAndLong, help: "Say nothing when all is well.")
    var quiet = false

    @Flag(help: "Print what is in it as JSON on one line.")
    var json = false

    func run() async throws {
        try StorageCommand.run { terminal throws(CommandError) in
            let storage = try StorageCommand.storage(config)
            var options = StoreBackup.Options()
            options.replacing = force
            options.acceptBrokenAudit = acceptBrokenAudit
            let facts: BackupFacts
            do throws(BackupError) {
                facts = try StoreBackup.make(
                    of: storage.path, at: file, options, progress: StorageCommand.progress(terminal))
            } catch {
                throw .storage(error)
            }
            if json {
                try terminal.write(BackupAnswer(facts).json())
            } else if !quiet {
                let key = storage.sealingKey(ProcessInfo.processInfo.environment).path
                let card = Card(backup: facts, file: file, key: key, terminal.style)
                try terminal.write(card.text(terminal.style))
            }
        }
    }
}
