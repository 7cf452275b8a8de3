package import AgentProtocol

/// Something that answers agent requests: the agent itself in the same process, or its socket.
///
/// With credentials, a request is judged by them alone. Without, by what the agent thinks of whoever asks:
/// the bridge needs no more than the role `verifier` then.
package protocol AgentRequests: Sendable {
    func call<P: MethodParams>(
        _ params: P, as credentials: Credentials?
    ) async throws(AgentFailure) -> P.Answer
}

/// Why there is no answer.
package enum AgentFailure: Error, Hashable, Sendable {
    /// The agent said no, or cannot now: its code tells which.
    case refused(RPCError)
    /// Nobody answered. Whether the request was carried out is not known.
    case unreachable(String)
}

extension AgentFailure {
    /// The agent's code; nil when there was no answer.
    var code: RPCError.Code? {
        guard case .refused(let error) = self else { return nil }
        return error.known
    }

    /// The credentials are wrong, or those of nobody any more.
    var isBadCredentials: Bool {
        guard case .refused(let error) = self else { return false }
        if error.reason == RPCError.badCredentialsReason { return true }
        // What no credentials can look like is refused before it is judged.
        return error.known == .invalidParams && error.data?.member?.hasPrefix("as") == true
    }

    /// What already is, if that is why.
    var conflict: String? {
        guard case .refused(let error) = self, error.known == .conflict else { return nil }
        return error.data?.conflict
    }

    /// Whole seconds after which a limit lets the next one pass; nil where waiting does not help.
    var retryAfter: Int? {
        guard case .refused(let error) = self, let milliseconds = error.data?.retryAfterMS else { return nil }
        return (milliseconds + 999) / 1000
    }

    /// The agent's sentence for people. Carries no secret.
    var detail: String {
        switch self {
        case .refused(let error): error.data?.detail ?? error.message
        case .unreachable: "the agent does not answer"
        }
    }
}

extension AgentRequests {
    func call<P: MethodParams>(_ params: P) async throws(AgentFailure) -> P.Answer {
        try await call(params, as: nil)
    }
}
