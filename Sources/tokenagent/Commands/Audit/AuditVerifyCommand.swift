import AgentProtocol
import ArgumentParser

struct AuditVerifyCommand: AgentCommand {
    static let configuration = described(
        "verify", "Check that no line of the audit trail was changed, removed or cut off.",
        discussion: """
            Follows the chain of hashes through all lines, and looks for the end that the daemon noted last \
            beside the database. Whoever can write both can write a whole new trail: a head kept elsewhere, \
            from the log, a backup or an earlier check, shows that.

            Exit codes: 0 intact; 1 not.
            """)

    static let examples = [
        Example("tokenagent audit verify", "nothing was changed"),
        Example("tokenagent audit verify --head 4711:5d2c…", "nor the whole of it replaced"),
    ]

    @Option(help: ArgumentHelp("An end of the trail at an earlier time: SEQ:HASH.", valueName: "head"))
    var head: String?

    @OptionGroup var agent: AgentOptions

    var params: AuditVerify { AuditVerify(head: head) }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let check = try await session.ask(params, timeout: .seconds(600))
        if check.intact {
            try session.say("\(check.lines) lines, intact; head \(check.head)")
            return .done
        }
        if let line = check.brokenAt {
            try session.say("broken: line \(line) was changed or removed; those before it are intact")
        }
        for head in check.missing {
            try session.say("cut or replaced: the trail once went through \(head), and does not now")
        }
        return .refused
    }
}
