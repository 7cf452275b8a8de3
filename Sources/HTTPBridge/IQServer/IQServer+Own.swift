internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

/// What any user does with the token of their own.
extension IQServer {
    /// Not for a page of another site, whose form a browser would send with the password it keeps: the token
    /// is shown once, and nobody would see it (https://www.w3.org/TR/fetch-metadata/). The other verbs that
    /// change something are none that a form could send.
    func createOwn(_ exchange: Exchange) async throws -> Response {
        guard exchange.header("Sec-Fetch-Site") != "cross-site" else {
            throw IQRefusal.forbidden("Another site's page cannot ask for this")
        }
        let (card, credentials) = try await ownCard(exchange)
        var order = TokenCreate(owner: .key(card.key))
        order.audience = Self.audience
        order.expiresIn = try await state.read().defaultExpirationDays.map { Int64($0) * 86400 }
        let made: CreatedToken
        do throws(AgentFailure) {
            made = try await exchange.agent.call(order, as: credentials)
        } catch {
            guard error.conflict == "already_exists" else { throw error }
            throw IQRefusal.conflict("\(card.user.login) has a user token already: delete it first")
        }
        return try .json(.ok, IQToken(made))
    }

    func deleteOwn(_ exchange: Exchange) async throws -> Response {
        let (card, credentials) = try await ownCard(exchange)
        let token = try ownToken(card)
        let order = TokenRevoke(id: token.id, reason: "deleted by its user")
        _ = try await exchange.agent.call(order, as: credentials)
        return .empty(.noContent)
    }

    func hasToken(_ exchange: Exchange) async throws -> Response {
        let (card, _) = try await ownCard(exchange)
        let exists = card.token(for: Self.audience) != nil
        // One client fails without the cookie, which guards nothing here: there are no sessions.
        let nonce = UInt64.random(in: 0...UInt64.max)
        return try .json(.ok, ["userTokenExists": exists])
            .with(.setCookie, "CLM-CSRF-TOKEN=\(String(nonce, radix: 16)); Path=/; SameSite=Strict")
    }

    func createTime(_ exchange: Exchange) async throws -> Response {
        let (card, _) = try await ownCard(exchange)
        return try .json(.ok, try ownToken(card).createdAt)
    }

    private func ownToken(_ card: PersonCard) throws(IQRefusal) -> TokenMetadata {
        guard let token = card.token(for: Self.audience) else {
            throw .notFound("\(card.user.login) has no user token")
        }
        return token
    }
}
