import AgentProtocol
import ArgumentParser

struct KeyRotateCommand: AgentCommand {
    static let configuration = described(
        "rotate", "Replace the key that seals retrievable tokens.",
        discussion: """
            The new key is on the disk before it seals; then everything is sealed anew, and once nothing is \
            sealed by the former key it is retired to a file of its own. After a crash or an error call it \
            again: it goes on. Where the daemon cannot write the key's folder, lay the new key down beside \
            the old one as seal.key.next and restart the daemon; see docs/operating.md.
            """)

    static let examples = [Example("tokenagent key rotate", "while the daemon serves")]

    @OptionGroup var agent: AgentOptions

    var params: KeyRotate { KeyRotate() }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let rotation = try await session.ask(params, timeout: .seconds(3600))
        try session.say("\(rotation.to) seals now; \(rotation.resealed) secrets were sealed anew.")
        if let retired = rotation.retired {
            try session.say(
                "The former key is \(retired): backups made until now need it. Keep it elsewhere, or "
                    + "delete it with them.")
            return .done
        }
        if rotation.unreadable.isEmpty {
            try session.say(
                "Nothing is sealed by another key. The daemon cannot write the key's folder: put "
                    + "seal.key.next in the place of seal.key, and restart.")
            return .done
        }
        let tokens = rotation.unreadable.map(\.printable).joined(separator: " ")
        try session.say("The former key is not retired, since no key opens what is sealed of: \(tokens)")
        return .refused
    }
}
