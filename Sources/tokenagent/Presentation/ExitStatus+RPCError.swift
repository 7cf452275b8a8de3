import AgentProtocol

extension ExitStatus {
    init(_ error: RPCError) {
        guard let code = error.known else {
            // A newer daemon refuses in words that are not known here.
            self = .internalError
            return
        }
        switch code {
        case .notFound, .conflict: self = .refused
        case .directoryUnavailable: self = .directoryUnavailable
        case .held: self = .held
        case .notPermitted: self = .notPermitted
        case .storageUnavailable, .limitExceeded, .shuttingDown: self = .temporary
        // The values came from the arguments.
        case .invalidParams: self = .usage
        case .parseError, .invalidRequest, .methodNotFound, .internalError: self = .internalError
        }
    }
}
