internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

/// Looking at values.
extension QueryServer {
    func value(_ exchange: Exchange) async throws -> Response {
        let admin = try await admin(exchange)
        guard !exchange.rawQuery.isEmpty else { throw QueryRefusal.bad("Missing query string") }
        guard let email = exchange.query["email"], !email.isEmpty else {
            throw QueryRefusal.bad("Missing query string: email")
        }
        let card = try await person(email, exchange.agent, as: admin)
        guard let token = card?.token(for: Self.audience) else { return try Self.data(nil) }
        return try Self.data(try await value(of: token, exchange.agent, as: admin)?.secret)
    }

    /// A person's own value, by their password; a person without a token gets one.
    func ownValue(_ exchange: Exchange) async throws -> Response {
        let body = try object(exchange.body)
        let email = try body.string("email")
        let password = try body.string("password")
        guard !email.isEmpty, email.utf8.count <= Limits.emailBytesMax,
            !password.isEmpty, password.utf8.count <= Limits.passwordBytesMax
        else { throw QueryRefusal.wrongPassword }
        let own = Credentials.password(login: email, password: Secret(password), source: nil)
        let card: PersonCard?
        do throws(AgentFailure) {
            card = try await exchange.agent.ownCard(own)
        } catch {
            guard error.code == .notPermitted || error.code == .notFound || error.isBadCredentials else {
                throw error
            }
            throw QueryRefusal.wrongPassword
        }
        guard let card, card.user.has(email: email) else { throw QueryRefusal.wrongPassword }
        if let token = card.token(for: Self.audience),
            let value = try await value(of: token, exchange.agent, as: own)
        {
            return try Self.data(value.secret)
        }
        // None, or one that has just ended.
        let token = try await newToken(card, exchange.agent, as: own)
        return try Self.data(try await value(of: token, exchange.agent, as: own)?.secret)
    }

    private func newToken(
        _ card: PersonCard, _ agent: any AgentRequests, as own: Credentials
    ) async throws -> TokenMetadata {
        try await QueryOrder(owner: card.key).place(agent, as: own)
        guard let token = try await agent.card(of: .key(card.key), as: own).token(for: Self.audience) else {
            throw AgentFailure.refused(.internalError("a token that was just made is not there"))
        }
        return token
    }

    /// nil for a token that has ended since it was looked for.
    func value(
        of token: TokenMetadata, _ agent: any AgentRequests, as credentials: Credentials
    ) async throws(AgentFailure) -> QueryValue? {
        guard token.retrievable else { return .unseen }
        do {
            return .shown(try await agent.call(TokenReveal(id: token.id), as: credentials).token)
        } catch {
            guard error.conflict == "token_ended" || error.code == .notFound else { throw error }
            return nil
        }
    }

    /// Some at a time: each look is a line in the audit trail.
    func values(
        of tokens: [TokenMetadata], _ agent: any AgentRequests, as credentials: Credentials
    ) async throws -> [QueryValue?] {
        var values = [QueryValue?](repeating: nil, count: tokens.count)
        try await withThrowingTaskGroup(of: (Int, QueryValue?).self) { group in
            for (index, token) in tokens.enumerated() {
                if index >= BridgeLimits.revealsAtOnceMax, let (done, value) = try await group.next() {
                    values[done] = value
                }
                group.addTask { (index, try await value(of: token, agent, as: credentials)) }
            }
            for try await (done, value) in group { values[done] = value }
        }
        return values
    }

    private static func data(_ value: Secret?) throws -> Response {
        try .json(.ok, ["data": value.map { [["token": $0.exposed]] } ?? []])
    }
}

/// What there is to see of a token.
enum QueryValue: Sendable {
    case shown(Secret)
    /// It was made elsewhere so that nobody can see it again.
    case unseen

    var secret: Secret? {
        switch self {
        case .shown(let secret): secret
        case .unseen: nil
        }
    }
}

extension QueryRefusal {
    /// One answer for all reasons: who is known is nobody's business.
    static let wrongPassword = QueryRefusal.bad("The email or password is not correct.")
}
