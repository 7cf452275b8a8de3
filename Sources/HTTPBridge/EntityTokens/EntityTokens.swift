internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

/// Authentication tokens of users in entities: one for each user of each entity.
struct EntityTokens: ServedAPI {
    static let path = "/entities/{entityId}/users/{userId}/authentication-token"

    let name = "entity"
    let prefixes = ["/entities", "/api/entities"]

    static func audience(of entity: String) -> String { "entity:" + entity }

    var routes: [Route] {
        ["", "/api"].flatMap { prefix in
            let path = prefix + Self.path
            return [
                Route(.get, path, Self.show(prefix), handler: show),
                Route(.post, path, Self.create(prefix), handler: create),
                Route(.delete, path, Self.delete(prefix), handler: delete),
                Route(.patch, path, Self.update(prefix), readsBody: true, handler: update),
                Route(.post, path + "/refresh", Self.refresh(prefix), readsBody: true, handler: refresh),
            ]
        }
    }

    func answer(to error: any Error) -> Response {
        switch error {
        case let fault as JSONObject.Fault: Self.failure(.badRequest, fault.text)
        case let refusal as EntityRefusal: Self.failure(refusal.status, refusal.message)
        case let fault as RequestFault: fault.response(Self.failure)
        case let failure as AgentFailure: answer(to: failure)
        default: Self.failure(.internalServerError, "Internal error")
        }
    }

    private func answer(to failure: AgentFailure) -> Response {
        if failure.isBadCredentials { return answer(to: EntityRefusal.unauthorized) }
        return switch failure.code {
        case .notPermitted: Self.failure(.forbidden, failure.detail)
        case .notFound: Self.failure(.notFound, failure.detail)
        case .limitExceeded where failure.retryAfter != nil:
            Self.failure(.tooManyRequests, failure.detail).retry(after: failure.retryAfter)
        case .conflict, .invalidParams, .limitExceeded: Self.failure(.badRequest, failure.detail)
        case .directoryUnavailable, .storageUnavailable, .shuttingDown, nil:
            Self.failure(.serviceUnavailable, failure.detail)
        default: Self.failure(.internalServerError, "Internal error")
        }
    }

    static func failure(_ status: HTTPResponse.Status, _ message: String) -> Response {
        let body: JSONValue = ["success": false, "message": .string(message)]
        do { return try .json(status, body) } catch { return .empty(status) }
    }

    static func success(_ status: HTTPResponse.Status, token: Secret? = nil) throws -> Response {
        var body: [String: JSONValue] = ["success": true]
        if let token { body["authenticationToken"] = .string(token.exposed) }
        return try .json(status, body)
    }
}

enum EntityRefusal: Error, Hashable, Sendable {
    case missing(header: String)
    case unauthorized
    case forbidden
    case noSuchUser
    case noToken
    case bad(String)

    var status: HTTPResponse.Status {
        switch self {
        case .missing, .bad: .badRequest
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .noSuchUser, .noToken: .notFound
        }
    }

    var message: String {
        switch self {
        case .missing(let header): "The header \(header) is required"
        case .unauthorized: "The API key is unknown, or the token is not that user's"
        case .forbidden: "Neither that user nor an administrator"
        case .noSuchUser: "User not found"
        case .noToken: "Token not found"
        case .bad(let message): message
        }
    }
}
