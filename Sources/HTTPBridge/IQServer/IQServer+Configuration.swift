internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

/// How long new user tokens are good, for all users.
extension IQServer {
    static let property = "userTokenDefaultExpirationDays"
    /// A hundred years: the agent takes no more.
    static let daysMax = 36_500

    func configuration(_ exchange: Exchange) async throws -> Response {
        _ = try await admin(exchange)
        return try .json(.ok, try await state.read())
    }

    func configure(_ exchange: Exchange) async throws -> Response {
        try await changer(exchange)
        guard !exchange.body.isEmpty else { throw IQRefusal.bad("The body is empty") }
        let days = try Self.days(try JSONObject(exchange.body)[Self.property])
        return try .json(.ok, try await state.change { $0.defaultExpirationDays = days })
    }

    func unconfigure(_ exchange: Exchange) async throws -> Response {
        try await changer(exchange)
        let names = exchange.query.all("property")
        guard !names.isEmpty, names.allSatisfy({ $0 == Self.property }) else {
            throw IQRefusal.bad("property: \(Self.property) is the only one")
        }
        return try .json(.ok, try await state.change { $0.defaultExpirationDays = nil })
    }

    private static func days(_ value: JSONValue?) throws(JSONObject.Fault) -> Int {
        guard case .integer(let days) = value, (1...Int64(daysMax)).contains(days) else {
            throw JSONObject.Fault(
                member: property, reason: "a whole number from 1 to \(daysMax) is required")
        }
        return Int(days)
    }

    /// An administrator who may change things.
    private func changer(_ exchange: Exchange) async throws {
        let admin = try await admin(exchange)
        guard try await exchange.agent.mayWrite(admin) else {
            throw IQRefusal.forbidden("This needs a token that may write")
        }
    }
}
