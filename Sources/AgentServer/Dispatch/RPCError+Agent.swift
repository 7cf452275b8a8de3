import AgentCore
import AgentProtocol

extension RPCError {
    /// The agent's refusals in the protocol's codes.
    init(_ error: any Error) {
        switch error {
        case let error as RPCError: self = error
        case let error as AgentError: self.init(agent: error)
        default: self = .internalError()
        }
    }

    private init(agent error: AgentError) {
        switch error {
        case .notPermitted(let detail): self = .notPermitted(detail)
        case .badCredentials: self = .badCredentials()
        case .notFound(let detail): self = .notFound(detail)
        case .conflict(let conflict, let detail):
            self = .conflict(detail)
            data?.conflict = conflict.rawValue
        case .held(let plan, let detail): self = .held(plan: plan, detail)
        case .directoryUnavailable(let detail): self = .directoryUnavailable(detail)
        case .storageUnavailable(let detail): self = .storageUnavailable(detail)
        case .limitExceeded(let detail): self = .limitExceeded(detail)
        case .invalid(let member, let detail): self = .invalidParams(member: member, detail)
        case .internal(let detail): self = .internalError(detail)
        }
    }
}
