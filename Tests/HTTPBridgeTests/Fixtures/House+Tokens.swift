import AgentClient
import AgentProtocol

@testable import RealServers

/// What tests do behind the bridge's back.
extension House {
    /// A token made on the socket, as an administrator of the machine.
    func token(
        _ owner: String, audience: String = "default", retrievable: Bool = false, write: Bool = true,
        flags: [String] = []
    ) async throws -> CreatedToken {
        var order = TokenCreate(owner: .label(owner))
        order.audience = audience
        order.retrievable = retrievable
        order.write = write
        order.flags = flags
        return try await agent.call(order)
    }

    func apiKey(_ entity: String) async throws -> String {
        let id = "apikey:\(entity):tests"
        var order = TokenCreate(owner: .key(OwnerKey(source: "service", id: id)))
        order.audience = "apikey:\(entity)"
        return try await agent.call(order).token.exposed
    }

    /// A live token of that login, as one carries it.
    func bearer(_ login: String, write: Bool = true) async throws -> [String: String] {
        let token = try await token(login, audience: write ? "default" : "reading", write: write)
        return ["Authorization": "Bearer \(token.token.exposed)"]
    }

    func live(_ owner: String, _ audience: String) async throws -> TokenMetadata? {
        let shown = try await agent.call(UserShow(user: .label(owner)))
        return shown.tokens.first {
            $0.audience == audience && $0.name.isEmpty && $0.state != .revoked && $0.state != .purged
        }
    }

    func verdict(_ token: String) async throws -> String {
        switch try await agent.verify(token: token) {
        case .active: "active"
        case .inactive(let reason): reason.rawValue
        }
    }

    func value(_ id: String) async throws -> String {
        try await agent.call(TokenReveal(id: id)).token.exposed
    }

    /// Takes somebody out of the directory, and has that noticed.
    func remove(_ login: String) async throws {
        try slapd.delete("uid=\(login),ou=people,dc=example,dc=org")
        _ = try await agent.call(DirectorySync())
    }

    /// Disables somebody in the directory, and has that noticed.
    func disable(_ login: String) async throws {
        try slapd.modify(
            """
            dn: uid=\(login),ou=people,dc=example,dc=org
            changetype: modify
            add: objectClass
            objectClass: shadowAccount
            -
            add: shadowExpire
            shadowExpire: 1

            """)
        _ = try await agent.call(DirectorySync())
    }

    func stopDirectory() { slapd.stop() }

    static func basic(_ user: String, _ password: String? = nil) -> [String: String] {
        ["Authorization": "Basic " + "\(user):\(password ?? self.password(user))".base64]
    }
}
