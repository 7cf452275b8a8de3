internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

extension Standards {
    func describe(_ exchange: Exchange) async throws -> Response {
        let document = OpenAPI.document(others + routes, version: settings.version)
        return try .json(.ok, document).with(.cacheControl, "max-age=300")
    }

    static let check = checking("auth").query("audience").query("flag").query("write", .truth)
    static let checkAny = checking("authBelow")
    static let introspect = Operation(
        "introspect", "Token introspection (RFC 7662).", security: ["bearer", "basic"]
    )
    .body(form, type: formType)
    .answers(200, "What the token is, or only that it is not active.", introspection)
    .problems([400, 401, 403, 408, 413, 415, 503])
    static let revoke = Operation("revoke", "Token revocation (RFC 7009).")
        .body(form, type: formType)
        .answers(200, "The token is no good any more, if it ever was.")
        .problems([400, 401, 408, 413, 415, 503])
    static let health = Operation("health", "Says that this process answers.")
        .answers(200, "It does.", status)
    static let readiness = Operation(
        "readiness", "Says whether the agent answers, and how directories stand."
    )
    .answers(200, "Ready.", status).answers(503, "Not ready.", status)
    static let measure = Operation("metrics", "Metrics for Prometheus.").answersText(200, "The metrics.")
    static let describe = Operation("openapi", "This document.")
        .answers(200, "This document.", ["type": "object"])

    private static func checking(_ id: String) -> Operation {
        Operation(
            id, "Judges the token of a request that a proxy asks about.", security: ["bearer", "basic"]
        )
        .answers(200, "It may pass: see the X-Auth headers.").problems([401, 403])
    }

    private static let formType = "application/x-www-form-urlencoded"
    private static let form = JSONValue.members(
        ["token": .text, "token_type_hint": .text], required: ["token"])
    private static let introspection = JSONValue.members(
        [
            "active": .truth, "token_type": .text, "scope": .text, "sub": .text, "username": .text,
            "aud": .text,
            "jti": .text, "source": .text, "write": .truth, "email": .text, "exp": .wholeNumber,
            "iat": .wholeNumber,
        ], required: ["active"])
    private static let status = JSONValue.members(["status": .text], required: ["status"])
}

extension Operation {
    fileprivate func problems(_ statuses: [Int]) -> Operation {
        let schema = JSONValue.members(
            ["type": .text, "title": .text, "status": .wholeNumber, "detail": .text],
            required: ["status", "title", "type"])
        return statuses.reduce(self) { operation, status in
            let text = HTTPResponse.Status(code: status).reasonPhrase
            let described = operation.answers(status, text, schema, type: "application/problem+json")
            return status == 503 ? described.carries("Retry-After", in: status) : described
        }
    }
}
