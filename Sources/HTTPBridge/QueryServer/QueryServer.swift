internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird

/// User tokens in the manner of Query Server: one token a person, under the e-mail address.
///
/// The document has `/_/user-token`; the published command line calls `/_/user/token`. Both are served.
struct QueryServer: ServedAPI {
    static let audience = "query"

    let name = "query"
    let prefixes = ["/_/user-token", "/_/user/token"]
    let clock: @Sendable () -> WireTime

    var routes: [Route] {
        prefixes.flatMap { prefix in
            let alias = prefix == prefixes[0] ? "" : "Alias"
            return [
                Route(.post, prefix, Self.create(alias), readsBody: true, handler: create),
                Route(.get, prefix, Self.list(alias), handler: list),
                Route(.put, prefix, Self.update(alias), readsBody: true, handler: update),
                Route(.delete, prefix, Self.delete(alias), readsBody: true, handler: delete),
                Route(.get, prefix + "/value", Self.value(alias), handler: value),
                Route(.post, prefix + "/value", Self.ownValue(alias), readsBody: true, handler: ownValue),
            ]
        }
    }

    func answer(to error: any Error) -> Response {
        switch error {
        case let fault as JSONObject.Fault: .text(.badRequest, fault.text)
        case QueryRefusal.unauthorized: .empty(.unauthorized)
        case let QueryRefusal.bad(text): .text(.badRequest, text)
        case RequestFault.bodyTooLong: .text(.contentTooLarge, "The body is too long")
        case RequestFault.bodyTooSlow: .text(.requestTimeout, "The body did not come in time")
        case RequestFault.bodyBroken: .text(.badRequest, "The body is not HTTP")
        // Methods, too: what is not in the table is not there.
        case is RequestFault: .text(.notFound, "404 Not Found")
        case let failure as AgentFailure: answer(to: failure)
        default: .text(.internalServerError, "Internal Server Error")
        }
    }

    private func answer(to failure: AgentFailure) -> Response {
        switch failure.code {
        // 401, never 403: clients of this API know no other.
        case .notPermitted: .empty(.unauthorized)
        case .invalidParams where failure.isBadCredentials: .empty(.unauthorized)
        case .invalidParams, .limitExceeded, .conflict: .text(.badRequest, failure.detail)
        default: .text(.internalServerError, "Internal Server Error")
        }
    }
}

enum QueryRefusal: Error, Hashable, Sendable {
    case unauthorized
    case bad(String)
}

extension QueryServer {
    /// The administrator who asks. Any live token of theirs that may write will do: audiences tell services
    /// apart, and this is the agent itself. All calls change something, or show secrets.
    func admin(_ exchange: Exchange) async throws -> Credentials {
        guard case .bearer(let token) = exchange.authorization else { throw QueryRefusal.unauthorized }
        let credentials = Credentials.token(token)
        guard try await exchange.agent.isAdmin(credentials), try await exchange.agent.mayWrite(credentials)
        else { throw QueryRefusal.unauthorized }
        return credentials
    }

    /// The person with that e-mail address; nil when there is none.
    func person(
        _ email: String, _ agent: any AgentRequests, as credentials: Credentials
    ) async throws -> PersonCard? {
        guard !email.isEmpty, email.utf8.count <= Limits.emailBytesMax else { return nil }
        do throws(AgentFailure) {
            let card = try await agent.card(of: .label(email), as: credentials)
            // A label may be a login, too.
            return card.user.has(email: email) ? card : nil
        } catch {
            if error.conflict == "ambiguous_owner" {
                throw QueryRefusal.bad("There are several users with that email")
            }
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    func object(_ body: [UInt8]) throws -> JSONObject {
        guard !body.isEmpty else { throw QueryRefusal.bad("The body is empty") }
        return try JSONObject(body)
    }
}

extension User {
    func has(email: String) -> Bool { self.email?.lowercased() == email.lowercased() }
}
