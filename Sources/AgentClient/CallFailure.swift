/// Why a call on one connection has no result.
enum CallFailure: Error {
    /// The connection had ended before, for this reason: nothing was sent.
    case unsent(AgentClientError)
    case failed(AgentClientError)

    var reason: AgentClientError {
        switch self {
        case .unsent(let reason), .failed(let reason): reason
        }
    }

    /// Whether the connection is of no use to those who come later.
    var isOfConnection: Bool {
        switch self {
        case .unsent, .failed(.closed): true
        case .failed(let reason): reason.isShuttingDown
        }
    }
}
