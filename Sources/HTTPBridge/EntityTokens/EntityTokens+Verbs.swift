internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

extension EntityTokens {
    func show(_ exchange: Exchange) async throws -> Response {
        let entityCase = try await judge(exchange)
        return try Self.success(.ok, token: try await entityCase.value(of: try entityCase.existingToken()))
    }

    func create(_ exchange: Exchange) async throws -> Response {
        let entityCase = try await judge(exchange)
        do throws(AgentFailure) {
            try await entityCase.make()
        } catch {
            guard error.conflict == "already_exists" else { throw error }
            throw EntityRefusal.bad("Token already exists")
        }
        return try Self.success(.created)
    }

    func delete(_ exchange: Exchange) async throws -> Response {
        let entityCase = try await judge(exchange)
        try await entityCase.revoke(try entityCase.existingToken(), "deleted by authentication-token")
        return try Self.success(.ok)
    }

    func update(_ exchange: Exchange) async throws -> Response {
        let entityCase = try await judge(exchange)
        let token = try entityCase.existingToken()
        guard !exchange.body.isEmpty else { throw EntityRefusal.bad("The body is empty") }
        let body = try JSONObject(exchange.body)
        var change = TokenUpdate(id: token.id)
        change.expiresAt = try Self.expiry(body["expiry"])
        change.flags = try Self.flags(body["flags"])
        guard change != TokenUpdate(id: token.id) else { return try Self.success(.ok) }
        _ = try await entityCase.agent.call(change, as: entityCase.credentials)
        return try Self.success(.ok)
    }

    private static func expiry(_ value: JSONValue?) throws(JSONObject.Fault) -> Patch<WireTime> {
        switch value {
        case nil: return .absent
        case .null: return .null
        case .string(let text):
            if let time = WireTime(text) { return .value(time) }
            fallthrough
        default: throw JSONObject.Fault(member: "expiry", reason: "must be an RFC 3339 date-time or null")
        }
    }

    private static func flags(_ value: JSONValue?) throws(JSONObject.Fault) -> [String]? {
        let fault = JSONObject.Fault(
            member: "flags",
            reason: "must be a list of at most \(Limits.flagsMax) strings"
                + " of 1 to \(Limits.flagBytesMax) bytes")
        guard let value else { return nil }
        guard case .array(let items) = value, items.count <= Limits.flagsMax else { throw fault }
        var flags: [String] = []
        for item in items {
            guard case .string(let flag) = item, (1...Limits.flagBytesMax).contains(flag.utf8.count) else {
                throw fault
            }
            if !flags.contains(where: flag.isSpelt(as:)) { flags.append(flag) }
        }
        return flags
    }
}

extension EntityCase {
    func value(of token: TokenMetadata) async throws -> Secret {
        // Made elsewhere, so that nobody can see it again.
        guard token.retrievable else { throw EntityRefusal.noToken }
        return try await agent.call(TokenReveal(id: token.id), as: credentials).token
    }

    func make() async throws(AgentFailure) {
        var order = TokenCreate(owner: .key(card.key))
        order.audience = audience
        order.retrievable = true
        _ = try await agent.call(order, as: credentials)
    }

    func revoke(_ token: TokenMetadata, _ reason: String) async throws(AgentFailure) {
        _ = try await agent.call(TokenRevoke(id: token.id, reason: reason), as: credentials)
    }
}
