import AgentProtocol
import ArgumentParser

struct APIKeyCreateCommand: AgentCommand {
    static let configuration = described(
        "create", "Make an API key for an entity.",
        discussion: "The key goes alone to standard output, what is said about it to standard error.")

    static let examples = [
        Example("tokenagent apikey create --entity acme", "the one for everything"),
        Example(
            "KEY=$(tokenagent apikey create --entity acme --name portal --quiet)", "one an application"),
    ]

    @Option(help: ArgumentHelp("The entity, as it stands in the path of its API.", valueName: "id"))
    var entity: String

    @Option(help: "Tells an entity's keys apart.")
    var name = "default"

    @Option(help: ArgumentHelp("How long it lives: 90d, 12h, or seconds.", valueName: "span"))
    var expiresIn: Seconds?

    @OptionGroup var secret: SecretOptions
    @OptionGroup var agent: AgentOptions

    func validate() throws {
        if entity.isEmpty || name.isEmpty { throw ValidationError("an entity and a name have to be given") }
        try secret.check(agent)
    }

    var params: TokenCreate {
        let key = APIKey(entity: entity, name: name)
        var params = TokenCreate(owner: key.owner)
        params.audience = key.audience
        params.expiresIn = expiresIn?.count
        return params
    }

    func carryOut(_ session: Session) async throws(CommandError) -> ExitStatus {
        let file = try secret.open()
        let created = try await session.ask(params) { SecretOptions.lost(of: $0.metadata, key: nil) }
        secret.note("Made the API key \(created.metadata.id) of \(entity.printable).", session)
        try secret.deliver(
            created.token, to: file, session, lost: SecretOptions.lost(of: created.metadata, key: nil))
        return .done
    }
}
