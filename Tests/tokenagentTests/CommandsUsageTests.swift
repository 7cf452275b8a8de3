import AgentProtocol
import ArgumentParser
import Foundation
import Testing

@testable import tokenagent

@Suite struct CommandsUsageTests {
    @Test(arguments: [
        "nonsense", "create a --service b", "create a --source corp --id 1", "create --source corp",
        "create a --expires-in 1.5h", "create a --expires-in 500ms",
        "create a --expires-in 90d --expires-at 2027-01-01T00:00:00Z",
        "create a --expires-at tomorrow", "create a --output f --json", "verify tka_x",
        "verify --as-token-file -",
        "verify --quiet --json", "list --state sleeping", "list --limit 0", "list --limit 1001", "show",
        "show tka_NFWIevo8aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "update N",
        "update N --no-expiry --expires-at 2027-01-01T00:00:00Z", "update N --flag a --no-flags",
        "sync --mode some", "users a --all", "users --id 1", "users a --source corp", "status extra",
        "status --socket", "restore not-there", "restore NFWIevo8 --accept-unrevoked",
        "revoke", "revoke --yes", "revoke N --yes", "revoke N --owner a", "revoke --owner a --service b",
        "revoke --source corp", "revoke --id 5f1", "revoke --service a --source corp --id 5f1",
        "restore ./a --accept-unrevoked --revoke-issued-before 2027-01-01T00:00:00Z", "backup",
    ])
    func `what makes no sense is a usage error`(line: String) {
        do {
            _ = try Tokenagent.read(line.split(separator: " ").map(String.init))
            Issue.record("\(line) was taken")
        } catch {
            #expect(Tokenagent.exitCode(for: error).rawValue == ExitStatus.usage.rawValue)
        }
    }

    /// The second is a pass code alone.
    private static let secrets = [
        "tka_NFWIevo8_" + String(repeating: "aB3", count: 14) + "x9", String(repeating: "aB3d", count: 11),
    ]

    /// Wherever it stands, the first because no command takes it, the second because it is not understood.
    @Test(arguments: [
        "verify #", "verify --file=#", "verify --user-code #", "sync --approve #", "sync --approve=#",
        "show #", "show a #", "explain #", "restore #", "revoke x#", "rotate # --quiet",
        "audit list --token #",
        "list --limit #", "list --limit=#", "status --# x", "#", "create --name ‹#›", "whoami #",
        "serve #", "bridge --config # extra", "doctor #",
    ])
    func `a secret among the arguments is refused and not repeated`(line: String) {
        for (index, secret) in Self.secrets.enumerated() {
            let words = line.replacing("#", with: secret).split(separator: " ").map(String.init)
            do {
                let command = try Tokenagent.read(words)
                // A name, a file or a key may look like a pass code.
                #expect(index == 1, "\(line) was taken as \(type(of: command))")
            } catch {
                #expect(!Tokenagent.fullMessage(for: error).contains(secret), "\(line)")
                #expect(Tokenagent.exitCode(for: error).rawValue == ExitStatus.usage.rawValue)
                if index == 0 { #expect("\(error)".contains("rotate or revoke it"), "\(line)") }
            }
        }
    }

    @Test func `what is left of a token is taken for one, and its id is not`() throws {
        #expect(SecretArgument.isToken(among: ["show", "tka_NFWIevo8_abc"]))
        #expect(SecretArgument.isToken(among: ["show", "--socket=tka_NFWIevo8_abc"]))
        #expect(!SecretArgument.isToken(among: ["show", "tka_NFWIevo8"]))
        #expect(!SecretArgument.isToken(among: ["restore", "tka_backup.sqlite"]))
        let key = String(repeating: "0f", count: 22)
        _ = try Tokenagent.read(["create", "alice", "--idempotency-key", key])
    }

    private static let commands = commands(of: Tokenagent.self)

    private static func commands(of parent: any ParsableCommand.Type) -> [any AgentCommand.Type] {
        parent.configuration.subcommands.flatMap { command in
            (command as? any AgentCommand.Type).map { [$0] } ?? commands(of: command)
        }
    }

    @Test func `every example parses, and one of its command's own is among them`() throws {
        #expect(Self.commands.count == 26)
        for command in Self.commands {
            #expect(!command.examples.isEmpty)
            for example in command.examples {
                let lines = Self.commandLines(example.line)
                #expect(!lines.isEmpty, "\(example.line)")
                let parsed = try lines.map { try Tokenagent.parseAsRoot($0) }
                #expect(parsed.contains { type(of: $0) == command }, "\(example.line)")
            }
        }
    }

    @Test func `every help shows its examples unbroken on a terminal of 80 columns`() {
        for command in Self.commands {
            let help = Tokenagent.helpMessage(for: command, columns: 80)
            for example in command.examples { #expect(help.contains("\n  \(example.line)\n")) }
        }
    }

    /// The commands in a line of shell, as words: enough of the shell's grammar for the examples.
    private static func commandLines(_ line: String) -> [[String]] {
        let line = line.replacingOccurrences(of: "$(date -u +%FT%TZ)", with: "2026-11-22T10:00:00Z")
        return line.split(separator: "&&").compactMap { part in
            guard let start = part.range(of: "tokenagent ") else { return nil }
            let text = part[start.upperBound...].split(separator: "<")[0]
            var words: [String] = []
            for (index, piece) in text.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
                if index.isMultiple(of: 2) {
                    words += piece.split(separator: " ").map { $0.filter { $0 != ")" } }
                } else {
                    words.append(String(piece))
                }
            }
            return words
        }
    }

    @Test(arguments: [("90d", 7_776_000), ("12h", 43_200), ("45s", 45), ("60", 60), ("2000ms", 2)])
    func `spans are written as in the configuration, or in seconds`(text: String, seconds: Int64) {
        #expect(Seconds(argument: text)?.count == seconds)
    }

    @Test(
        arguments: [
            ([], 0), ([(true, false)], 0), ([(false, false)], 3), ([(true, true)], 4),
            ([(true, false), (false, false)], 3), ([(false, false), (true, true)], 4),
        ] as [([(complete: Bool, held: Bool)], Int32)])
    func `one source that is held or unread decides how sync ends`(
        sources: [(complete: Bool, held: Bool)], code: Int32
    ) {
        let reports = sources.map { source in
            var report = DirectorySync.Report(source: "corp", method: "full")
            report.complete = source.complete
            report.held = source.held ? PresentationAnswerTests.held : nil
            return report
        }
        #expect(SyncCommand.status(reports).rawValue == code)
    }

    @Test func `progress names the sources that are being read`() {
        var reading = DirectoryStatus.Source(source: "corp", state: "unread", people: 0)
        #expect(SyncProgress.line([reading]) == nil)
        reading.reading = 512
        #expect(SyncProgress.line([reading]) == "corp: 512 people read")
    }
}
