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
        let began = ContinuousClock.now
        let answer = try await exchange.agent.call(TokenVerify(token: token), as: caller)
        metrics.noteVerify(answer, took: .now - began)
        guard case .active(let active) = answer else { return try .json(.ok, ["active": false]) }
        return try .json(.ok, Self.introspection(active))
    }

    private static func introspection(_ token: TokenVerify.Active) -> JSONValue {
        var members: [String: JSONValue] = [
            "active": true, "token_type": "Bearer", "scope": .string(token.flags.joined(separator: " ")),
            "sub": .string(token.owner.id), "username": .string(token.owner.login),
            "aud": .string(token.audience), "jti": .string(token.id),
            // Not of the RFC, which lets such members be (section 2.2).
            "source": .string(token.owner.source), "write": .boolean(token.write),
        ]
        if let email = token.owner.email { members["email"] = .string(email) }
        if let end = token.expiresAt { members["exp"] = .integer(end.seconds) }
        return .object(members)
    }

    /// RFC 7009. Whoever holds a token may end it; an administrator may end one that is suspended, too.
    func revoke(_ exchange: Exchange) async throws -> Response {
        let caller = try caller(exchange)
        if let caller { _ = try await exchange.agent.roles(of: caller) }
        let token = try token(exchange)
        guard token.exposed.utf8.count <= Limits.tokenBytesMax else { return .empty(.ok) }
        switch try await exchange.agent.call(TokenVerify(token: token)) {
        case .active(let active):
            try await end(active.id, holding: token, caller, exchange.agent)
        case .inactive(.suspended):
            guard let caller, let id = Self.id(in: token) else { break }
            try await revoke(id, exchange.agent, as: caller)
        // Of no use to anybody any more (section 2.2).
        case .inactive: break
        }
        return .empty(.ok)
    }

    /// By the token's own right; a token that only reads cannot even end itself, so then by the caller's.
    private func end(
        _ id: String, holding token: Secret, _ caller: Credentials?, _ agent: any AgentRequests
    ) async throws {
        do throws(AgentFailure) {
            try await revoke(id, agent, as: .token(token))
        } catch {
            guard error.code == .notPermitted, let caller else { throw error }
            try await revoke(id, agent, as: caller)
        }
    }

    private func revoke(
        _ id: String, _ agent: any AgentRequests, as credentials: Credentials
    ) async throws(AgentFailure) {
        _ = try await agent.call(TokenRevoke(id: id, reason: "revoked by /revoke"), as: credentials)
    }

    /// The public id in `tka_<user_code>_<pass_code>`.
    private static func id(in token: Secret) -> String? {
        let parts = token.exposed.split(separator: "_", omittingEmptySubsequences: false)
        return parts.count == 3 ? String(parts[1]) : nil
    }
}
