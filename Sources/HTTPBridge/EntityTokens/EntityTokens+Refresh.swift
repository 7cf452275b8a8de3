internal import AgentProtocol
internal import Hummingbird

extension EntityTokens {
    /// A new value, with the same rights and for as long again as the old one was made for.
    func refresh(_ exchange: Exchange) async throws -> Response {
        let entityCase = try await judge(exchange)
        let token = try entityCase.existingToken()
        if let given = try Self.given(exchange.body) {
            guard given == (try await entityCase.value(of: token)).exposed else {
                throw EntityRefusal.bad("The given token is not the current one")
            }
        }
        var order = TokenRotate(id: token.id)
        order.renew = true
        let fresh = try await entityCase.agent.call(order, as: entityCase.credentials)
        return try Self.success(.ok, token: fresh.token)
    }

    private static func given(_ body: [UInt8]) throws(JSONObject.Fault) -> String? {
        guard !body.isEmpty else { return nil }
        return try JSONObject(body).optionalString("authenticationToken")
    }
}
