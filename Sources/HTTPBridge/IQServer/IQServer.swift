internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

/// User tokens in the manner of Sonatype IQ, version 2: one token a person, shown once.
struct IQServer: ServedAPI {
    static let audience = "iq"
    static let path = "/api/v2/userTokens"
    static let configurationPath = "/api/v2/config/userTokens"

    let name = "iq"
    let prefixes = [path, configurationPath]
    let state: IQStateFile
    let realm: String

    var routes: [Route] {
        let own = Self.path + "/currentUser"
        return [
            Route(.post, own, Self.createOwn, handler: createOwn),
            Route(.delete, own, Self.deleteOwn, handler: deleteOwn),
            Route(.get, own + "/hasToken", Self.hasToken, handler: hasToken),
            Route(.get, own + "/createTime", Self.createTime, handler: createTime),
            Route(.get, Self.path, Self.list, handler: list),
            Route(.delete, Self.path + "/purge", Self.purge, handler: purge),
            Route(.delete, Self.path + "/userCode/{userCode}", Self.deleteByCode, handler: deleteByCode),
            // After those whose words it could take for a name.
            Route(.get, Self.path + "/{username}", Self.show, handler: show),
            Route(.get, Self.configurationPath, Self.configuration, handler: configuration),
            Route(.put, Self.configurationPath, Self.configure, readsBody: true, handler: configure),
            Route(.delete, Self.configurationPath, Self.unconfigure, handler: unconfigure),
        ]
    }

    func answer(to error: any Error) -> Response {
        switch error {
        case let fault as JSONObject.Fault: .text(.badRequest, fault.text)
        case let refusal as IQRefusal: answer(to: refusal)
        case let fault as RequestFault: fault.response(Response.text)
        case let failure as AgentFailure: answer(to: failure)
        default: .text(.internalServerError, "Internal Server Error")
        }
    }

    private func answer(to refusal: IQRefusal) -> Response {
        switch refusal {
        case .unauthorized:
            .text(.unauthorized, "Authentication is required")
                .with(.wwwAuthenticate, "Basic realm=\"\(realm)\", charset=\"UTF-8\"")
        case .forbidden(let text): .text(.forbidden, text)
        case .notFound(let text): .text(.notFound, text)
        case .conflict(let text): .text(.conflict, text)
        case .bad(let text): .text(.badRequest, text)
        case .unavailable(let text): .text(.serviceUnavailable, text)
        }
    }

    private func answer(to failure: AgentFailure) -> Response {
        if failure.isBadCredentials { return answer(to: .unauthorized) }
        return switch failure.code {
        case .notPermitted: answer(to: .forbidden(failure.detail))
        case .notFound: answer(to: .notFound(failure.detail))
        case .conflict, .held: answer(to: .conflict(failure.detail))
        case .invalidParams: answer(to: .bad(failure.detail))
        case .limitExceeded: Response.text(.tooManyRequests, failure.detail).retry(after: failure.retryAfter)
        // Its words name servers, and anybody may ask.
        case .directoryUnavailable: answer(to: .unavailable("The directory cannot be asked now"))
        case .storageUnavailable, .shuttingDown, nil: answer(to: .unavailable(failure.detail))
        default: .text(.internalServerError, "Internal Server Error")
        }
    }
}

enum IQRefusal: Error, Hashable, Sendable {
    case unauthorized
    case forbidden(String)
    case notFound(String)
    case conflict(String)
    case bad(String)
    case unavailable(String)
}

extension IQServer {
    /// What the request carries: a login and its password, or a user code and its pass code.
    func credentials(_ exchange: Exchange) async throws -> Credentials {
        guard case .basic(let user, let password) = exchange.authorization, !user.isEmpty,
            !password.exposed.isEmpty
        else { throw IQRefusal.unauthorized }
        if let codes = exchange.authorization?.token {
            // A login of eight letters may have a password of 44: pass codes end in a checksum. Nothing that
            // is a token goes to a directory as somebody's password.
            let answer = try await exchange.agent.call(TokenVerify(codes))
            if answer != .inactive(.malformed) { return codes }
        }
        guard user.utf8.count <= Limits.emailBytesMax,
            password.exposed.utf8.count <= Limits.passwordBytesMax
        else { throw IQRefusal.unauthorized }
        return .password(login: user, password: password, source: nil)
    }

    func admin(_ exchange: Exchange) async throws -> Credentials {
        let credentials = try await credentials(exchange)
        guard try await exchange.agent.isAdmin(credentials) else {
            throw IQRefusal.forbidden("This needs an administrator")
        }
        return credentials
    }

    /// The person who asks, and their credentials.
    func ownCard(_ exchange: Exchange) async throws -> (card: PersonCard, credentials: Credentials) {
        let credentials = try await credentials(exchange)
        guard let card = try await exchange.agent.ownCard(credentials) else {
            throw IQRefusal.forbidden("A service is no user")
        }
        return (card, credentials)
    }
}
