import AgentProtocol
import ArgumentParser

struct RotateCommand: AgentCommand {
    static let configuration = described(
        "rotate", "Give a token a new secret.",
        discussion: """
            The new token goes alone to standard output. The old one is refused at once, or after --grace.
            """)

    static let examples = [
        Example("tokenagent rotate NFWIevo8", "the old secret is refused from now on"),
        Example("tokenagent rotate NFWIevo8 --grace 1h --output new.token", "the old one lives an hour"),
    ]

    @OptionGroup var token: TokenID

    @Option(help: ArgumentHelp("How long the old secret stays good: 1h, 7d, or seconds.", valueName: "span"))
    var grace: Seconds?

    @Flag(help: "It lasts as long from now as it was made for.")
    var renew = false

    @Option(help: ArgumentHelp("The same key gives the same secret again.", valueName: "key"))
    var idempotencyKey: String?

    @OptionGroup var secret: SecretOptions
    @OptionGroup var agent: AgentOptions

    func validate() throws { try secret.check(agent) }

    var params: TokenRotate {
        var params = TokenRotate(id: token.id)
        params.graceSeconds = grace?.count
        params.renew = renew ? true : nil
        params.idempotencyKey = idempotencyKey
        return params
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let file = try secret.open()
        let key = idempotencyKey
        let rotated = try await session.ask(params) { SecretOptions.lost(of: $0.metadata, key: key) }
        let seconds = grace?.count ?? 0
        let end = seconds > 0 ? "in \(Age(seconds: seconds).length)" : "from now on"
        secret.note(
            "The token \(rotated.metadata.id) of \(rotated.metadata.owner.label.printable) has a new secret; "
                + "the old one is refused \(end).", session)
        try secret.deliver(
            rotated.token, to: file, session, lost: SecretOptions.lost(of: rotated.metadata, key: key))
        return .done
    }
}
