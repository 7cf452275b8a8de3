import AgentProtocol
import ArgumentParser

struct CreateCommand: AgentCommand {
    static let configuration = described(
        "create", "Make a token.",
        discussion: """
            The token goes alone to standard output, what is said about it to standard error. It is shown \
            this once, unless it is --retrievable.
            """)

    static let examples = [
        Example("tokenagent create --name laptop", "one of your own, as a person of a directory"),
        Example("tokenagent create alice", "a token for Alice, for the default audience"),
        Example("TOKEN=$(tokenagent create alice --audience ci --quiet)", "for a script"),
        Example(
            "tokenagent create alice@example.org --no-write --flag pull --expires-in 90d",
            "one that may only read, for 90 days"),
        Example("tokenagent create --service backup --output /root/backup.token", "for a machine"),
        Example(
            "tokenagent create --source corp --id 5f1c4e2a-93d1-4f0b-8a51-2d4c9f0b7e11",
            "for the person of that stable id"),
    ]

    @OptionGroup var owner: OwnerOptions

    @Option(help: "What it is for; \"default\" when left out.")
    var audience: String?

    @Option(help: "Tells tokens of one owner and audience apart.")
    var name: String?

    @Flag(
        inversion: .prefixedNo, exclusivity: .exclusive,
        help: "Whether it may write; it may when left out.")
    var write: Bool?

    @Option(
        name: .customLong("flag"),
        help: ArgumentHelp("A flag it carries. May be repeated.", valueName: "flag"))
    var flags: [String] = []

    @Option(help: ArgumentHelp("How long it lives: 90d, 12h, or seconds.", valueName: "span"))
    var expiresIn: Seconds?

    @Option(help: ArgumentHelp("When it ends (RFC 3339): 2027-01-31T12:00:00Z.", valueName: "time"))
    var expiresAt: WireTime?

    @Flag(help: "Let `tokenagent reveal` show it again. It is kept sealed, not only as a hash.")
    var retrievable = false

    @Option(help: ArgumentHelp("The same key gives the same token again.", valueName: "key"))
    var idempotencyKey: String?

    @OptionGroup var secret: SecretOptions
    @OptionGroup var agent: AgentOptions

    func validate() throws {
        if expiresIn != nil, expiresAt != nil { throw ValidationError("give --expires-in or --expires-at") }
        try secret.check(agent)
    }

    func params(for reference: OwnerReference) -> TokenCreate {
        var params = TokenCreate(owner: reference)
        params.audience = audience
        params.name = name
        params.write = write
        params.flags = flags.isEmpty ? nil : flags
        params.expiresIn = expiresIn?.count
        if let expiresAt { params.expiresAt = .value(expiresAt) }
        params.retrievable = retrievable ? true : nil
        params.idempotencyKey = idempotencyKey
        return params
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let reference: OwnerReference
        if let named = owner.reference {
            reference = named
        } else {
            let own = try await session.inquire(UserShow()).user
            reference = .key(OwnerKey(source: own.source, id: own.id))
        }
        let params = params(for: reference)
        let file = try secret.open()
        let key = idempotencyKey
        let created = try await session.ask(params) { SecretOptions.lost(of: $0.metadata, key: key) }
        let token = created.metadata
        secret.note(
            "Made the token \(token.id) of \(token.owner.label.printable) for \(token.audience.printable)"
                + (token.retrievable ? "." : ". It is shown only now."), session)
        try secret.deliver(created.token, to: file, session, lost: SecretOptions.lost(of: token, key: key))
        return .done
    }
}
