import AgentClient
import AgentProtocol
import Foundation
import TokenStorage

/// Why a command has nothing to show. Its message says what to do.
enum CommandError: Error {
    case client(AgentClientError)
    /// The socket is to be found by the configuration, and that is wrong.
    case configuration(ConfigurationError)
    /// A file that an argument names cannot be read, or holds no secret.
    case notRead(from: String, reason: String)
    /// A file that an argument names cannot be made, or the answer cannot be written.
    case notMade(file: String, reason: String)
    case notWritten(to: String, reason: String)
    /// The database, or a backup of it.
    case storage(BackupError)
}

extension CommandError {
    /// The daemon knows no such record.
    var isNotFound: Bool {
        if case .client(.refused(let error)) = self { error.known == .notFound } else { false }
    }

    var status: ExitStatus {
        switch self {
        case .client(let error): error.status
        case .configuration: .configuration
        case .notRead, .notMade: .usage
        case .notWritten: .temporary
        case .storage(let error): error.status
        }
    }

    var message: String {
        switch self {
        case .client(let error): error.advice
        case .configuration(let error): "\(error)"
        case .notRead(let file, let reason): "nothing to read from \(file): \(reason)"
        case .notMade(let file, let reason): "cannot make \(file): \(reason)"
        case .notWritten(let target, let reason): "the answer could not be written to \(target): \(reason)"
        case .storage(let error): error.advice
        }
    }
}

extension AgentClientError {
    var status: ExitStatus {
        switch self {
        case .noDaemon: isForbidden ? .notPermitted : .noDaemon
        case .closed, .timedOut, .cancelled: .temporary
        case .refused(let error): ExitStatus(error)
        case .protocolViolation: .internalError
        case .unsendable: .usage
        }
    }

    var advice: String {
        switch self {
        case .noDaemon(let path, let reason):
            isForbidden
                ? "may not connect to \(path): \(reason); its group may, see `ls -l \(path)`"
                : "no daemon at \(path): \(reason); start it with `tokenagent serve`, or name its socket "
                    + "with --socket"
        case .closed, .timedOut, .cancelled:
            "\(self); whether it was done is not known: look with `tokenagent list` or `tokenagent status`"
        case .refused(let error): error.advice
        case .protocolViolation, .unsendable: "\(self)"
        }
    }

    /// The daemon is there, as far as anybody can say, and its socket is not for this user.
    private var isForbidden: Bool {
        guard case .noDaemon(_, let reason) = self else { return false }
        return [EACCES, EPERM].contains { reason == String(cString: strerror($0)) }
    }
}
