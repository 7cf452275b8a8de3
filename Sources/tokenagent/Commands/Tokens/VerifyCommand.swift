import AgentProtocol
import ArgumentParser

struct VerifyCommand: AgentCommand {
    static let configuration = described(
        "verify", "Say whether a token is good, and whose it is.",
        discussion: """
            The token is read from standard input or a file, never from an argument. Exit code 0 says that \
            it is good, 1 that it is not. Verifying the token of somebody who has left the directory \
            deletes it.
            """)

    static let examples = [
        Example("tokenagent verify < token.txt", "is it good?"),
        Example("tokenagent verify", "asks for the token on a terminal, and does not show it"),
        Example(
            "tokenagent verify --file token.txt --audience ci --flag pull --write --quiet",
            "is it good for this? Only the exit code says it"),
        Example("tokenagent verify --user-code NFWIevo8 --file pass.txt", "its two parts, as in HTTP Basic"),
    ]

    @Option(
        help: ArgumentHelp("Read it from this file; - is standard input, the default.", valueName: "file"),
        completion: .file())
    var file: String?

    @Option(help: ArgumentHelp("The token's public id; what is read is the pass code.", valueName: "code"))
    var userCode: String?

    @Option(help: "What it must be for.")
    var audience: String?

    @Option(
        name: .customLong("flag"),
        help: ArgumentHelp("A flag it must carry. May be repeated.", valueName: "flag"))
    var flags: [String] = []

    @Flag(help: "It must be allowed to write.")
    var write = false

    @Flag(name: .shortAndLong, help: "Print nothing: the exit code says it.")
    var quiet = false

    @OptionGroup var agent: AgentOptions

    func validate() throws {
        if agent.asTokenFile == "-", SecretInput.isStandardInput(file) {
            throw ValidationError("standard input is the token to verify, or the one to ask with: not both")
        }
        if quiet, agent.json { throw ValidationError("give --quiet or --json") }
    }

    func params(_ secret: Secret) -> TokenVerify {
        var params = TokenVerify(token: secret)
        if let userCode { params = TokenVerify(userCode: userCode, passCode: secret) }
        params.audience = audience
        params.flags = flags.isEmpty ? nil : flags
        params.write = write ? true : nil
        return params
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let secret = try SecretInput(file: file).read(prompt: userCode == nil ? "Token" : "Pass code")
        switch try await session.ask(params(secret)) {
        case .active(let token):
            guard !quiet else { return .done }
            try session.say(session.style.paint("active", .green))
            try session.say(Card(active: token, session.style))
            return .done
        case .inactive(let reason):
            guard !quiet else { return .refused }
            let refused = session.style.paint("refused", .red)
            try session.say("\(refused) (\(reason.rawValue)): \(reason.sentence)")
            return .refused
        }
    }
}
