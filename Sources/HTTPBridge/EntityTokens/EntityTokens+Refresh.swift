internal import AgentProtocol
internal import Hummingbird

extension EntityTokens {
    /// A new value, with the same rights and for as long again as the old one was made for.
    func refresh(_ exchange: Exchange) async throws -> Response {
        let entityCase = try await judge(exchange)
        let token = try entityCase.existingToken()
        var order = TokenRotate(id: token.id)
        order.renew = true
        order.currentToken = try Self.given(exchange.body)
        let fresh: CreatedToken
        do throws(AgentFailure) {
            fresh = try await entityCase.agent.call(order, as: entityCase.credentials)
        } catch {
            guard order.currentToken != nil, error.conflict == "token_changed" || error.code == .invalidParams
            else { throw error }
            throw EntityRefusal.bad("The given token is not the current one")
        }
        return try Self.success(.ok, token: fresh.token)
    }

    private static func given(_ body: [UInt8]) throws(JSONObject.Fault) -> Secret? {
        guard !body.isEmpty else { return nil }
        return try JSONObject(body).optionalString("authenticationToken").map(Secret.init)
    }
}
