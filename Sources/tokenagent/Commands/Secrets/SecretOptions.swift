import AgentProtocol
import ArgumentParser

/// Where a new secret goes: alone to standard output, so that a script can take it, or to a new file.
struct SecretOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write the token to a new file that only you can read, instead of standard output.",
            valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(name: .shortAndLong, help: "Say nothing but the token.")
    var quiet = false

    /// Made before anything is asked: a secret with nowhere to go would be lost.
    func open() throws(CommandError) -> SecretFile? {
        guard let output else { return nil }
        return try SecretFile(path: output)
    }

    /// `lost` says what is lost where it cannot be written.
    func deliver(
        _ secret: Secret, to file: SecretFile?, _ session: Session, lost: String? = nil
    ) throws(CommandError) {
        do {
            if let file {
                try file.write(secret)
            } else {
                try session.say(secret.exposed)
            }
        } catch {
            throw error.losing(lost)
        }
    }

    /// What whoever asked for a secret does who cannot have it.
    static func lost(of token: TokenMetadata, key: String?) -> String {
        if token.retrievable { return "`tokenagent reveal \(token.id)` shows the secret again" }
        if key != nil { return "the same command with the same key gives the same secret again, for an hour" }
        return "the secret of the token \(token.id) is lost: `tokenagent rotate \(token.id)` gives it another"
    }

    /// What is said about the token, beside it.
    func note(_ lines: String, _ session: Session) {
        if !quiet, !session.json { session.terminal.note(lines) }
    }

    func check(_ agent: AgentOptions) throws {
        if output == "-" {
            throw ValidationError("--output names a new file: without it the token goes to standard output")
        }
        if agent.json, output != nil {
            throw ValidationError("--json prints the whole answer, the token too: without --output")
        }
    }
}
