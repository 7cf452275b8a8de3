internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

/// What an administrator does with tokens.
extension QueryServer {
    func create(_ exchange: Exchange) async throws -> Response {
        let admin = try await admin(exchange)
        let body = try object(exchange.body)
        let email = try body.string("email")
        let write = try body.optionalBoolean("write") ?? true
        let expiry = try QueryExpiry(body["expiration_date"], at: clock())
        guard let card = try await person(email, exchange.agent, as: admin) else {
            throw QueryRefusal.bad("There user do not exists")
        }
        if card.token(for: Self.audience) == nil {
            let order = QueryOrder(owner: card.key, write: write, expiry: expiry)
            try await order.place(exchange.agent, as: admin)
        }
        return .empty(.created)
    }

    func list(_ exchange: Exchange) async throws -> Response {
        let admin = try await admin(exchange)
        var query = TokenList()
        query.audience = Self.audience
        let tokens = try await exchange.agent.tokens(query, as: admin).filter(\.name.isEmpty)
        let values = try await values(of: tokens, exchange.agent, as: admin)
        let rows = zip(tokens, values).compactMap { token, value in value.map { Self.row(token, $0) } }
        return try .json(.ok, ["data": rows])
    }

    /// A full replace, and a new value: what is left out goes back to the document's default.
    func update(_ exchange: Exchange) async throws -> Response {
        let admin = try await admin(exchange)
        let body = try object(exchange.body)
        let email = try body.string("email")
        let write = try body.optionalBoolean("write") ?? false
        let expiry = try QueryExpiry(body["expiration_date"], at: clock())
        let card = try await person(email, exchange.agent, as: admin)
        guard let token = card?.token(for: Self.audience) else { return .empty(.ok) }
        var change = TokenRotate(id: token.id)
        change.write = write
        change.flags = QueryExpiry.flags(token.flags, for: expiry)
        change.expiresAt = expiry.map { .value($0.time) } ?? .null
        _ = try await exchange.agent.call(change, as: admin)
        return .empty(.ok)
    }

    func delete(_ exchange: Exchange) async throws -> Response {
        let admin = try await admin(exchange)
        let email = try object(exchange.body).string("email")
        guard let card = try await person(email, exchange.agent, as: admin) else {
            // The document's own words. They repeat no token that was put in its place.
            throw QueryRefusal.bad("The email (\(email.contains("tka_") ? "•••" : email)) don't exist")
        }
        if let token = card.token(for: Self.audience) {
            _ = try await exchange.agent.call(
                TokenRevoke(id: token.id, reason: "deleted by user-token"), as: admin)
        }
        return .empty(.ok)
    }

    static func row(_ token: TokenMetadata, _ value: QueryValue) -> JSONValue {
        [
            "active": .integer(token.state == .active ? 1 : 0),
            "created_at": .integer(token.createdAt.seconds),
            "expiration_date": QueryExpiry.shown(token),
            "id": .integer(number(of: token.id)),
            "token": .string(value.secret?.exposed ?? ""),
            "updated_at": .integer(token.updatedAt.seconds),
            "user_uuid": .string(token.owner.id),
            "write": .integer(token.write ? 1 : 0),
        ]
    }

    /// The token's id, 8 base62 digits, as the number that this API wants: below 2⁴⁸, so that any JSON
    /// reader takes it whole.
    static func number(of id: String) -> Int64 {
        id.utf8.prefix(8).reduce(0) { number, digit in
            let value: UInt8 =
                switch digit {
                case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 36
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A") + 10
                default: digit &- UInt8(ascii: "0")
                }
            return number * 62 + Int64(value % 62)
        }
    }
}

/// A token to be made, for whoever has the right.
struct QueryOrder: Sendable {
    let owner: OwnerKey
    var write = true
    var expiry: QueryExpiry?

    /// Who was quicker keeps theirs.
    func place(_ agent: any AgentRequests, as credentials: Credentials) async throws {
        var order = TokenCreate(owner: .key(owner))
        order.audience = QueryServer.audience
        order.write = write
        order.retrievable = true
        order.flags = QueryExpiry.flags([], for: expiry)
        // Left out is never here, whatever the agent's default.
        order.expiresAt = expiry.map { .value($0.time) } ?? .null
        order.allowPast = true
        do throws(AgentFailure) {
            _ = try await agent.call(order, as: credentials)
        } catch {
            guard error.conflict == "already_exists" else { throw error }
        }
    }
}
