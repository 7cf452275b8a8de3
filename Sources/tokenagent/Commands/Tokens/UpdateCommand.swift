import AgentProtocol
import ArgumentParser

struct UpdateCommand: AgentCommand {
    static let configuration = described(
        "update", "Change what a token may do, its expiry or its name. Its secret stays.",
        discussion: "Owners may only narrow their own tokens: take rights away, end them sooner.")

    static let examples = [
        Example("tokenagent update NFWIevo8 --no-write", "may only read from now on"),
        Example("tokenagent update NFWIevo8 --expires-at 2027-01-31T12:00:00Z", "ends then"),
        Example("tokenagent update NFWIevo8 --no-expiry --name laptop", "does not expire; has a name"),
        Example("tokenagent update NFWIevo8 --flag pull --flag push", "carries these flags, and no others"),
    ]

    @OptionGroup var token: TokenID

    @Flag(inversion: .prefixedNo, exclusivity: .exclusive, help: "Whether it may write.")
    var write: Bool?

    @Option(
        name: .customLong("flag"),
        help: ArgumentHelp("A flag it carries instead of those it has. May be repeated.", valueName: "flag"))
    var flags: [String] = []

    @Flag(help: "It carries no flags.")
    var noFlags = false

    @Option(help: ArgumentHelp("When it ends (RFC 3339).", valueName: "time"))
    var expiresAt: WireTime?

    @Flag(help: "It does not expire.")
    var noExpiry = false

    @Option(help: "Tells tokens of one owner and audience apart.")
    var name: String?

    @OptionGroup var agent: AgentOptions

    func validate() throws {
        if expiresAt != nil, noExpiry { throw ValidationError("give --expires-at or --no-expiry") }
        if !flags.isEmpty, noFlags { throw ValidationError("give --flag or --no-flags") }
        if write == nil, flags.isEmpty, !noFlags, expiresAt == nil, !noExpiry, name == nil {
            throw ValidationError("nothing to change: give --write, --flag, --expires-at or --name")
        }
    }

    var params: TokenUpdate {
        var params = TokenUpdate(id: token.id)
        params.write = write
        params.flags = flags.isEmpty && !noFlags ? nil : flags
        params.name = name
        if let expiresAt { params.expiresAt = .value(expiresAt) }
        if noExpiry { params.expiresAt = .null }
        return params
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        try session.say(Card(token: try await session.ask(params), session.style))
        return .done
    }
}
