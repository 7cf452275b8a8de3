internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

/// What an administrator does with everybody's tokens.
extension IQServer {
    func list(_ exchange: Exchange) async throws -> Response {
        let admin = try await admin(exchange)
        let filter = try IQFilter(exchange.query)
        guard let query = filter.query else { return try .json(.ok, [IQToken]()) }
        let tokens = try await exchange.agent.tokens(query, as: admin)
        return try .json(.ok, tokens.filter(filter.takes).map { IQToken($0) })
    }

    func show(_ exchange: Exchange) async throws -> Response {
        let admin = try await admin(exchange)
        let username = exchange.parameter("username")
        // The document's own words are nobody's name.
        guard username != "userCode" else { throw RequestFault.noSuchPath }
        let filter = try IQFilter(exchange.query)
        let tokens = try await tokens(of: username, exchange.agent, as: admin)
            .filter { $0.owner.login.lowercased() == username.lowercased() && filter.takes($0) }
        guard let token = tokens.first else {
            throw IQRefusal.notFound("There is no user token of that user")
        }
        return try .json(.ok, IQToken(token))
    }

    /// By login. The same login in two directories is two people, whom only the whole list tells apart.
    private func tokens(
        of username: String, _ agent: any AgentRequests, as admin: Credentials
    ) async throws(AgentFailure) -> [TokenMetadata] {
        guard (1...Limits.emailBytesMax).contains(username.utf8.count) else { return [] }
        do {
            let card = try await agent.card(of: .label(username), as: admin)
            return card.tokens.filter { $0.audience == Self.audience }
        } catch {
            switch error.code {
            case .notFound: return []
            case .conflict:
                var all = TokenList()
                all.audience = Self.audience
                return try await agent.tokens(all, as: admin)
            default: throw error
            }
        }
    }

    func deleteByCode(_ exchange: Exchange) async throws -> Response {
        let admin = try await admin(exchange)
        let code = exchange.parameter("userCode")
        let nothing = IQRefusal.notFound("There is no user token with that user code")
        guard code.utf8.count == 8, code.utf8.allSatisfy(\.isLetterOrDigit) else { throw nothing }
        let token: TokenMetadata
        do throws(AgentFailure) {
            token = try await exchange.agent.call(TokenShow(id: code), as: admin)
        } catch {
            guard error.code == .notFound else { throw error }
            throw nothing
        }
        guard token.audience == Self.audience, !token.hasEnded else { throw nothing }
        let order = TokenRevoke(id: token.id, reason: "deleted by an administrator")
        _ = try await exchange.agent.call(order, as: admin)
        return .empty(.noContent)
    }

    /// Obsolete tokens, those of other audiences included: their owners are gone.
    func purge(_ exchange: Exchange) async throws -> Response {
        let admin = try await admin(exchange)
        let report = try await exchange.agent.call(TokenPurge(), as: admin)
        guard let held = report.held else { return .empty(.noContent) }
        let begun = report.count == 0 ? "Nothing was purged" : "Only \(report.count) tokens were purged"
        throw IQRefusal.conflict(
            "\(begun): the safety guard of \(held.source) holds the plan \(held.plan),"
                + " which would remove \(held.wouldRemove) people and may remove \(held.limit)")
    }
}
