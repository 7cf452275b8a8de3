internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

extension Standards {
    /// RFC 7662. Who asks must hold the role verifier; the agent judges that.
    func introspect(_ exchange: Exchange) async throws -> Response {
        guard let caller = try caller(exchange) else { throw Problem.noCredentials }
        // Before anything is said of the form: a stranger learns nothing.
        let roles = try await exchange.agent.roles(of: caller)
        guard roles.contains(Role.verifier) || roles.contains(Role.admin) else {
            throw Problem.insufficientScope("this needs the role verifier")
        }
        let token = try token(exchange)
        guard case .active(let active) = try await exchange.agent.call(TokenVerify(token: token), as: caller),
            let issuedAt = try await issuedAt(token, exchange.agent)
        else { return try .json(.ok, ["active": false]) }
        return try .json(.ok, Self.introspection(active, issuedAt))
    }

    /// Verifying does not tell it: by the token's own word. nil when it is no good any more.
    private func issuedAt(_ token: Secret, _ agent: any AgentRequests) async throws(AgentFailure) -> WireTime?
    {
        do {
            return try await agent.call(AgentWhoami(), as: .token(token)).token?.createdAt
        } catch {
            guard error.isBadCredentials else { throw error }
            return nil
        }
    }

    private static func introspection(_ token: TokenVerify.Active, _ issuedAt: WireTime) -> JSONValue {
        var members: [String: JSONValue] = [
            "active": true, "token_type": "Bearer", "scope": .string(token.flags.joined(separator: " ")),
            "sub": .string(token.owner.id), "username": .string(token.owner.login),
            "aud": .string(token.audience), "jti": .string(token.id), "iat": .integer(issuedAt.seconds),
            // Not of the RFC, which lets such members be (section 2.2).
            "source": .string(token.owner.source), "write": .boolean(token.write),
        ]
        if let email = token.owner.email { members["email"] = .string(email) }
        if let end = token.expiresAt { members["exp"] = .integer(end.seconds) }
        return .object(members)
    }

    /// RFC 7009. Whoever holds a token may end it, also one that only reads or is suspended.
    func revoke(_ exchange: Exchange) async throws -> Response {
        if let caller = try caller(exchange) { _ = try await exchange.agent.roles(of: caller) }
        let token = try token(exchange)
        guard token.exposed.utf8.count <= Limits.tokenBytesMax else { return .empty(.ok) }
        do throws(AgentFailure) {
            _ = try await exchange.agent.call(TokenRevoke(token: token, reason: "revoked by /revoke"))
        } catch {
            // Of no use to anybody (section 2.2).
            guard error.code == .notFound else { throw error }
        }
        return .empty(.ok)
    }
}
