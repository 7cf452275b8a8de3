import AgentProtocol
import ArgumentParser

struct KeyStatusCommand: AgentCommand {
    static let configuration = described(
        "status", "Say which sealing keys there are, and what each has sealed.")

    static let examples = [Example("tokenagent key status", "which key is in use")]

    @OptionGroup var agent: AgentOptions

    var params: KeyStatus { KeyStatus() }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let status = try await session.ask(params)
        try session.say(Table(keys: status.keys))
        if status.rotating, !session.json {
            session.terminal.note(
                "A new key seals, and the former one is not retired: `tokenagent key rotate` goes on.")
        }
        return .done
    }
}
