import TokenCore
import TokenStorage

/// Why the agent did not do what was asked. Each case is one answer on the wire; a refused token is not
/// among them.
package enum AgentError: Error, Hashable, Sendable {
    /// The caller lacks the right. The text says which.
    case notPermitted(String)
    /// The credentials of `as` are not good.
    case badCredentials
    /// There is no such record. Never said when the directory could not be asked.
    case notFound(String)
    case conflict(Conflict, String)
    /// A guard stopped it. Nothing was done; the plan can be looked at and approved.
    case held(plan: String, String)
    /// A directory could not be asked: try again later.
    case directoryUnavailable(String)
    /// The store cannot read or write now: try again later. Nothing was done.
    case storageUnavailable(String)
    case limitExceeded(String)
    /// A member of the request has a value that cannot be.
    case invalid(member: String, String)
    /// A fault of the agent's own, to be looked up in its log.
    case `internal`(String)
}

extension AgentError {
    /// What it says, for people.
    package var text: String {
        switch self {
        case .badCredentials: "bad credentials"
        case .notPermitted(let text), .notFound(let text), .conflict(_, let text), .held(_, let text),
            .directoryUnavailable(let text), .storageUnavailable(let text), .limitExceeded(let text),
            .invalid(_, let text), .internal(let text):
            text
        }
    }

    /// Says no more of a token that is there than of one that is not.
    package static let noSuchSecret = AgentError.notFound("there is no such token")
}

/// What already is and stands in the way.
package enum Conflict: String, Hashable, Sendable {
    case alreadyExists = "already_exists"
    case ownerDisabled = "owner_disabled"
    case ownerMissing = "owner_missing"
    case ambiguousOwner = "ambiguous_owner"
    case tokenEnded = "token_ended"
    case tokenChanged = "token_changed"
    case stillConfigured = "still_configured"
    case notRetrievable = "not_retrievable"
    case keyMissing = "sealing_key_missing"
    case alreadyRotating = "key_rotation_under_way"
    case keyReused = "idempotency_key_reused"
}
