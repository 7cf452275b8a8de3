internal import Glibc
internal import NIOCore

extension AgentClientError {
    /// Why there is no connection to the socket at that path.
    init(connecting path: String, _ error: any Error) {
        switch error {
        case let error as AgentClientError: self = error
        // A Unix socket's word for a full queue (connect(2)).
        case let error as IOError where error.errnoCode == EAGAIN: self = .busy(path: path)
        case let error as IOError:
            self = .noDaemon(path: path, reason: String(cString: strerror(error.errnoCode)))
        default: self = .noDaemon(path: path, reason: String(describing: error))
        }
    }
}
