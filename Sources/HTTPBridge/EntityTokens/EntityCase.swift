internal import AgentProtocol

/// A request that has been judged: whose token of which entity, and by whose right.
struct EntityCase: Sendable {
    let audience: String
    let card: PersonCard
    let credentials: Credentials
    let agent: any AgentRequests

    var token: TokenMetadata? { card.token(for: audience) }

    func existingToken() throws(EntityRefusal) -> TokenMetadata {
        guard let token else { throw .noToken }
        return token
    }
}

extension EntityTokens {
    /// In the contract's order: what is missing, who it is, what they may, whether there is such a user.
    func judge(_ exchange: Exchange) async throws -> EntityCase {
        let apiKey = try Self.required("apikey", exchange)
        let userID = try Self.required("userid", exchange)
        let token = try Self.required("token", exchange)
        let entity = exchange.parameter("entityId")
        let agent = exchange.agent
        guard try await isKey(Secret(apiKey), of: entity, agent),
            case .active(let acting) = try await agent.call(TokenVerify(token: Secret(token))),
            !acting.owner.isService, acting.owner.isCalled(userID)
        else { throw EntityRefusal.unauthorized }

        let credentials = Credentials.token(Secret(token))
        let wanted = exchange.parameter("userId")
        let card: PersonCard
        if acting.owner.isCalled(wanted) {
            card = try await agent.card(of: .key(acting.owner.key), as: credentials)
        } else {
            guard try await agent.isAdmin(credentials) else { throw EntityRefusal.forbidden }
            card = try await somebody(wanted, agent, as: credentials)
        }
        return EntityCase(
            audience: Self.audience(of: entity), card: card, credentials: credentials, agent: agent)
    }

    private static func required(_ name: String, _ exchange: Exchange) throws(EntityRefusal) -> String {
        guard let value = exchange.header(name) else { throw .missing(header: name) }
        return value
    }

    /// API keys are tokens of services, made with the command line.
    private func isKey(
        _ key: Secret, of entity: String, _ agent: any AgentRequests
    ) async throws(AgentFailure) -> Bool {
        guard (1...BridgeLimits.entityIDBytesMax).contains(entity.utf8.count),
            key.exposed.utf8.count <= Limits.tokenBytesMax
        else { return false }
        var question = TokenVerify(token: key)
        question.audience = "apikey:" + entity
        guard case .active(let token) = try await agent.call(question) else { return false }
        return token.owner.isService && token.owner.id.hasPrefix("apikey:\(entity):")
    }

    /// By login or e-mail, or by the directory's id.
    private func somebody(
        _ user: String, _ agent: any AgentRequests, as admin: Credentials
    ) async throws -> PersonCard {
        guard (1...Limits.stableIDBytesMax).contains(user.utf8.count) else {
            throw EntityRefusal.noSuchUser
        }
        if let card = try await card(of: .label(user), agent, as: admin) { return card }
        for source in try await agent.call(DirectoryStatus()).sources {
            let key = OwnerKey(source: source.source, id: user)
            if let card = try await card(of: .key(key), agent, as: admin) { return card }
        }
        throw EntityRefusal.noSuchUser
    }

    private func card(
        of user: OwnerReference, _ agent: any AgentRequests, as admin: Credentials
    ) async throws(AgentFailure) -> PersonCard? {
        do {
            return try await agent.card(of: user, as: admin)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }
}

extension Owner {
    /// Logins and addresses mean the same in any case; a directory's id does not.
    func isCalled(_ name: String) -> Bool {
        let folded = name.lowercased()
        return login.lowercased() == folded || email?.lowercased() == folded || id == name
    }
}
