internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

/// What a newcomer expects: introspection, revocation, the check for proxies, health, metrics.
struct Standards: ServedAPI {
    let name = "standard"
    let prefixes = ["/introspect", "/revoke", "/auth", "/healthz", "/readyz", "/metrics", "/openapi.json"]
    let settings: BridgeSettings
    let metrics: BridgeMetrics
    /// The routes of the other APIs, for `/openapi.json`.
    let others: [Route]

    var routes: [Route] {
        [
            Route(nil, "/auth", Self.check, isBrief: true, handler: check),
            Route(nil, "/auth/{path+}", Self.checkAny, isBrief: true, handler: check),
            Route(.post, "/introspect", Self.introspect, readsBody: true, handler: introspect),
            Route(.post, "/revoke", Self.revoke, readsBody: true, handler: revoke),
            Route(.get, "/healthz", Self.health, handler: health),
            Route(.get, "/readyz", Self.readiness, handler: readiness),
            Route(.get, "/metrics", Self.measure, handler: measure),
            Route(.get, "/openapi.json", Self.describe, handler: describe),
        ]
    }

    func answer(to error: any Error) -> Response { Problem(error).response }
}

extension Standards {
    /// The credentials of the caller itself: a bearer token, or its two codes by Basic.
    func caller(_ exchange: Exchange) throws(Problem) -> Credentials? {
        guard exchange.headers.contains(.authorization) else { return nil }
        guard let credentials = exchange.authorization?.token else { throw .invalidToken }
        return credentials
    }

    /// The form's one token. Never from a query string, which ends up in logs.
    func token(_ exchange: Exchange) throws(Problem) -> Secret {
        let type = exchange.headers[.contentType]?.split(separator: ";").first.map { $0.lowercased() } ?? ""
        guard type.filter({ $0 != " " }) == "application/x-www-form-urlencoded" else {
            throw Problem(.unsupportedMediaType, "a form is required: application/x-www-form-urlencoded")
        }
        guard exchange.query["token"] == nil, exchange.query["access_token"] == nil else {
            throw Problem(.badRequest, "a token has no place in a query string")
        }
        guard let text = String(validating: exchange.body, as: UTF8.self) else {
            throw Problem(.badRequest, "the form is no UTF-8")
        }
        let form = NamedValues(form: text)
        let tokens = form.all("token")
        guard !form.isBroken, tokens.count == 1, !tokens[0].isEmpty else {
            throw Problem(.badRequest, "exactly one token is required")
        }
        return Secret(tokens[0])
    }
}
