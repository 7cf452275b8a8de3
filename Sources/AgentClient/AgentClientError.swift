public import AgentProtocol

/// Why a call has no result. Each case says what the caller does next.
public enum AgentClientError: Error, Hashable, Sendable {
    /// Nobody listens at that socket, or this user may not connect. Start the daemon, or look at the
    /// socket's mode.
    case noDaemon(path: String, reason: String)
    /// Somebody listens at that socket and lets nobody in: as many wait as the kernel's queue has room for.
    /// Try again later, and look what the daemon does.
    case busy(path: String)
    /// The connection ended before the answer. Whether the request was carried out is not known.
    case closed
    /// The answer did not come in time. Whether the request was carried out is not known.
    case timedOut
    /// The caller's task was cancelled while waiting.
    case cancelled
    /// The daemon answered with an error.
    case refused(RPCError)
    /// What came is not an answer that this client understands. The connection is closed.
    case protocolViolation(String)
    /// The request cannot be written: what it holds is no JSON, or it is longer than a line may be.
    case unsendable(String)
}

extension AgentClientError {
    /// The daemon stops, and has not done what was asked.
    var isShuttingDown: Bool {
        if case .refused(let error) = self { error.known == .shuttingDown } else { false }
    }
}

extension AgentClientError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noDaemon(let path, let reason): "no daemon at \(path): \(reason)"
        case .busy(let path): "nobody is let in at \(path): too many wait already"
        case .closed: "the connection was closed before the answer came"
        case .timedOut: "no answer in time"
        case .cancelled: "cancelled"
        case .refused(let error): String(describing: error)
        case .protocolViolation(let detail): "not an answer: \(detail)"
        case .unsendable(let detail): "the request cannot be sent: \(detail)"
        }
    }
}
