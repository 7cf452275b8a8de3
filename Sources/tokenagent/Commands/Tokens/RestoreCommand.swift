import AgentProtocol
import ArgumentParser
import Foundation
import TokenCore

struct RestoreCommand: AgentCommand {
    static let configuration = described(
        "restore", "Bring a revoked or purged token back, while its tombstone lasts; or restore a backup.",
        discussion: """
            What has the form of a token's id is one; what has a slash or is a file is a backup. A backup is \
            put in the database's place while no daemon runs. What was revoked, rotated or purged since \
            stays so, as the audit trail of the database in place tells; where it does not, say what is to \
            happen: --revoke-issued-before or --accept-unrevoked. The former database is kept beside it.
            """)

    static let examples = [
        Example("tokenagent restore NFWIevo8", "the same secret is good again, if its owner is still there"),
        Example("tokenagent restore --dry-run /srv/backup/tokens.sqlite", "what restoring it would do"),
        Example(
            "tokenagent restore --revoke-issued-before $(date -u +%FT%TZ) ./b.sqlite",
            "where the database is lost: all tokens are revoked"),
    ]

    @Argument(help: "The token's public id, or the file of a backup.", completion: .file())
    var subject: String

    @OptionGroup var backup: BackupRestore
    @OptionGroup var agent: AgentOptions

    func validate() throws {
        guard isToken else {
            guard subject.contains("/") || access(subject, F_OK) == 0 else {
                throw ValidationError("\(subject) is neither a token's id nor a file")
            }
            return
        }
        if backup.isGiven { throw ValidationError("\(subject) is a token: these options are for a backup") }
        if access(subject, F_OK) == 0 {
            throw ValidationError("\(subject) may be a token or a file: write ./\(subject) for the file")
        }
    }

    var isToken: Bool { UserCode(subject) != nil || subject.hasPrefix("tka_") }

    var params: TokenRestore { TokenRestore(id: subject) }

    func run() async throws {
        if isToken {
            try await askDaemon()
        } else {
            try backup.restore(subject, json: agent.json)
        }
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let before = await session.state(of: subject)
        let token = try await session.ask(params)
        let state = session.style.paint(token.state.rawValue, token.state.cell.colour)
        let name = "the token \(token.id) of \(token.owner.label.printable)"
        let isEnded = before.map { [.revoked, .purged].contains($0) } ?? true
        try session.say(
            isEnded
                ? "Restored \(name): it is \(state)."
                : "Nothing to restore: \(name) was neither revoked nor purged. It is \(state).")
        return .done
    }
}
