import AgentCore

/// An error without its words.
enum ErrorKind: Hashable {
    case notPermitted
    case badCredentials
    case notFound
    case conflict(Conflict)
    case held(String)
    case directoryUnavailable
    case storageUnavailable
    case limitExceeded
    case invalid(String)
    case `internal`
}

extension AgentError {
    var kind: ErrorKind {
        switch self {
        case .notPermitted: .notPermitted
        case .badCredentials: .badCredentials
        case .notFound: .notFound
        case .conflict(let conflict, _): .conflict(conflict)
        case .held(let plan, _): .held(plan)
        case .directoryUnavailable: .directoryUnavailable
        case .storageUnavailable: .storageUnavailable
        case .limitExceeded: .limitExceeded
        case .invalid(let member, _): .invalid(member)
        case .internal: .internal
        }
    }
}

/// The agent's error of what should fail; nil when it did not.
func failure(_ body: () async throws -> some Any) async throws -> AgentError? {
    do {
        _ = try await body()
        return nil
    } catch let error as AgentError {
        return error
    }
}

func failureKind(_ body: () async throws -> some Any) async throws -> ErrorKind? {
    try await failure(body)?.kind
}
