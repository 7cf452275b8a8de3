internal import AgentProtocol
internal import Hummingbird

extension EntityTokens {
    /// A new value, with the same rights and for as long again as the old one was made for.
    ///
    /// Without an expiry that is a rotation. With one, the old token ends and a new one is made: nobody but
    /// an administrator may lengthen the life of a token, and a new one counts its life from now.
    func refresh(_ exchange: Exchange) async throws -> Response {
        let entityCase = try await judge(exchange)
        let token = try entityCase.existingToken()
        if let given = try Self.given(exchange.body) {
            guard given == (try await entityCase.value(of: token)).exposed else {
                throw EntityRefusal.bad("The given token is not the current one")
            }
        }
        guard let expiresAt = token.expiresAt else {
            let order = TokenRotate(id: token.id)
            let fresh = try await entityCase.agent.call(order, as: entityCase.credentials)
            return try Self.success(.ok, token: fresh.token)
        }
        // An expiry before the token was made is no lifetime: then as long as the agent's tokens are good.
        let lifetime = expiresAt.milliseconds - token.createdAt.milliseconds
        let end = lifetime > 0 ? WireTime(milliseconds: clock().milliseconds + lifetime) : nil
        try await entityCase.revoke(token, "refreshed")
        let fresh = try await entityCase.make(flags: token.flags, expiresAt: end)
        return try Self.success(.ok, token: fresh.token)
    }

    private static func given(_ body: [UInt8]) throws(JSONObject.Fault) -> String? {
        guard !body.isEmpty else { return nil }
        return try JSONObject(body).optionalString("authenticationToken")
    }
}
