internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

/// How native endpoints say no (RFC 9457).
struct Problem: Error, Sendable {
    let status: HTTPResponse.Status
    var detail: String?
    /// `WWW-Authenticate` (RFC 6750 section 3); nil for none.
    var challenge: String?
    var allow: String?
    var retryAfterSeconds: Int?

    init(_ status: HTTPResponse.Status, _ detail: String? = nil, challenge: String? = nil) {
        self.status = status
        self.detail = detail
        self.challenge = challenge
    }

    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let fault as RequestFault: self.init(fault)
        case let failure as AgentFailure: self.init(failure)
        default: self.init(.internalServerError)
        }
    }

    private init(_ fault: RequestFault) {
        switch fault {
        case .noSuchPath: self.init(.notFound)
        case .otherMethods(let methods):
            self.init(.methodNotAllowed)
            allow = RequestFault.allow(methods)
        case .options(let methods):
            self.init(.noContent)
            allow = RequestFault.allow(methods)
        case .bodyTooLong: self.init(.contentTooLarge, "at most \(BridgeLimits.bodyBytesMax) bytes")
        case .bodyTooSlow: self.init(.requestTimeout, "the body did not come in time")
        case .bodyBroken: self.init(.badRequest, "the body is not HTTP")
        }
    }

    private init(_ failure: AgentFailure) {
        if failure.isBadCredentials {
            self = .invalidToken
            return
        }
        switch failure.code {
        case .notPermitted: self = .insufficientScope(failure.detail)
        case .notFound: self.init(.notFound, failure.detail)
        case .conflict, .held: self.init(.conflict, failure.detail)
        case .invalidParams: self.init(.badRequest, failure.detail)
        case .limitExceeded: self.init(.tooManyRequests, failure.detail)
        case .directoryUnavailable, .storageUnavailable, .shuttingDown, nil:
            self.init(.serviceUnavailable, failure.detail)
            retryAfterSeconds = 1
        default: self.init(.internalServerError)
        }
    }

    /// RFC 6750 section 3.1: without credentials there is no error code.
    static let noCredentials = Problem(
        .unauthorized, "a bearer token is required", challenge: "Bearer realm=\"tokenagent\"")
    static let invalidToken = Problem(
        .unauthorized, "the token is not good",
        challenge: "Bearer realm=\"tokenagent\", error=\"invalid_token\"")

    static func insufficientScope(_ detail: String) -> Problem {
        Problem(
            .forbidden, detail, challenge: "Bearer realm=\"tokenagent\", error=\"insufficient_scope\"")
    }

    var response: Response {
        var response = status == .noContent ? .empty(status) : withBody
        if let challenge { response.headers[.wwwAuthenticate] = challenge }
        if let allow { response.headers[.allow] = allow }
        if let retryAfterSeconds { response.headers[.retryAfter] = "\(retryAfterSeconds)" }
        return response
    }

    private var withBody: Response {
        var body: [String: JSONValue] = [
            "type": "about:blank", "title": .string(status.reasonPhrase),
            "status": .integer(Int64(status.code)),
        ]
        if let detail { body["detail"] = .string(detail) }
        do { return try .json(status, JSONValue.object(body), type: "application/problem+json") } catch {
            return .empty(status)
        }
    }
}
