import AgentProtocol
import ArgumentParser

/// An API key of an entity: the token of a service by that name, for that entity's own audience.
struct APIKey {
    let entity: String
    let name: String

    var owner: OwnerReference {
        .key(OwnerKey(source: "service", id: "\(audience):\(name)"))
    }
    var audience: String { "apikey:\(entity)" }
}

/// The keys with which applications speak for an entity at the HTTP bridge.
struct APIKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apikey", abstract: "The API keys of the entities of the HTTP bridge.",
        discussion:
            "A key is the token of a service: `tokenagent show`, `revoke` and `rotate` take its id, too.",
        subcommands: [APIKeyCreateCommand.self, APIKeyListCommand.self, APIKeyRevokeCommand.self])
}
