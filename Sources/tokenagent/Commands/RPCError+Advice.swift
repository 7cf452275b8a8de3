import AgentCore
import AgentProtocol

extension RPCError {
    /// What happened and what to do about it, in a line.
    var advice: String {
        let detail = data?.detail
        guard let code = known else { return "\(self)" }
        switch code {
        case .notPermitted where reason == Self.badCredentialsReason:
            return "the token of --as-token-file is not accepted"
        case .notPermitted:
            return "not permitted: \(detail ?? "this needs another role"); `tokenagent whoami` shows yours"
        case .notFound: return detail ?? "not found"
        case .conflict where data?.conflict == Conflict.ambiguousOwner.rawValue:
            return "\(detail ?? "that is several people"); name one by --source and --id"
        case .conflict: return detail ?? "there is one already"
        case .held: return heldAdvice
        case .directoryUnavailable:
            return "directory unavailable, nothing done: \(detail ?? "it cannot be read"); "
                + "`tokenagent directory test` says why"
        case .storageUnavailable:
            return "storage unavailable, nothing done: \(detail ?? "see the daemon's log"); try again later"
        case .limitExceeded:
            let text = "a limit is exceeded: \(detail ?? "too many requests; try again later")"
            // Where the daemon names no time, waiting alone helps nothing.
            return data?.retryAfterMS.map { "\(text); try again in \(($0 + 999) / 1000) s" } ?? text
        case .shuttingDown: return "the daemon is shutting down, nothing done; try again later"
        case .invalidParams:
            return "\(data?.member.map { "\($0): " } ?? "")\(detail ?? "the daemon refuses these arguments")"
        case .methodNotFound: return "the daemon does not know this: it is of another version (\(self))"
        case .parseError, .invalidRequest, .internalError: return "\(self)"
        }
    }

    private var heldAdvice: String {
        let plan = data?.plan.map { " (plan \($0))" } ?? ""
        return "held by a guard, nothing done: \(data?.detail ?? "it waits for an approval")\(plan); "
            + "look with `tokenagent directory status` and `tokenagent purge --dry-run`"
    }
}
