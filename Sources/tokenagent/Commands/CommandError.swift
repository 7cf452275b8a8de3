import AgentClient
import AgentProtocol
import Foundation
import TokenStorage

/// Why a command has nothing to show. Its message says what to do.
enum CommandError: Error {
    case client(AgentClientError, asking: Method? = nil)
    /// The socket is to be found by the configuration, and that is wrong.
    case configuration(ConfigurationError)
    /// A file that an argument names cannot be read, or holds no secret.
    case notRead(from: String, reason: String)
    /// A file that an argument names cannot be made, or has no room for a token. Nothing was asked yet.
    case notMade(file: String, reason: String)
    case noRoom(file: String, reason: String)
    /// What was asked for was done, and the answer cannot be written; `lost` says what was lost with it and
    /// how to get another.
    case notWritten(to: String, reason: String, lost: String? = nil)
    /// Somebody was found by a name that is not theirs to the letter.
    case otherOwner(asked: String, found: String)
    /// Of an owner that is given as an identity no token is known.
    case noOwner(String)
    /// Nobody is there to be asked.
    case unconfirmed(question: String)
    /// The database, or a backup of it.
    case storage(BackupError)
}

extension CommandError {
    /// The daemon knows no such record.
    var isNotFound: Bool {
        if case .client(.refused(let error), _) = self { error.known == .notFound } else { false }
    }

    var status: ExitStatus {
        switch self {
        case .client(let error, _): error.status
        case .configuration: .configuration
        case .notRead, .notMade, .unconfirmed: .usage
        case .otherOwner, .noOwner: .refused
        case .noRoom: .temporary
        case .notWritten: .notWritten
        case .storage(let error): error.status
        }
    }

    var message: String {
        switch self {
        case .client(let error, let method) where error.isDoubtful && method?.changesSomething == true:
            "\(error); whether it was done is not known: look with `tokenagent list` or `tokenagent status`"
        case .client(.closed, .eventsSubscribe):
            "the daemon has ended the connection: it stops, or is started anew; what happens until events "
                + "are followed again is in `tokenagent audit`"
        case .client(let error, _): error.advice
        case .configuration(let error): "\(error)"
        case .notRead(let file, let reason): "nothing to read from \(file): \(reason)"
        case .notMade(let file, let reason): "cannot make \(file): \(reason)"
        case .noRoom(let file, let reason):
            "no room for a token in \(file), nothing was done: \(reason)"
        case .notWritten(let target, let reason, let lost):
            "it was done, but the answer could not be written to \(target): \(reason)"
                + (lost.map { "; \($0)" } ?? "")
        case .otherOwner(let asked, let found):
            "“\(asked)” is not to the letter anybody's login or e-mail, nothing was done; the nearest is the "
                + "login “\(found)”"
        case .noOwner(let owner):
            "no token of \(owner) is known, not even a revoked one: nothing was done"
        case .unconfirmed(let question):
            "\(question) Nobody is there to answer, nothing was done; --yes does it without a question"
        case .storage(let error): error.advice
        }
    }
}

extension CommandError {
    /// The same, with what was lost by it.
    func losing(_ lost: String?) -> CommandError {
        guard case .notWritten(let target, let reason, nil) = self else { return self }
        return .notWritten(to: target, reason: reason, lost: lost)
    }

    /// Nobody reads the answer any more, and nothing is lost by that.
    var isUnheard: Bool {
        guard case .notWritten(_, let reason, nil) = self else { return false }
        return reason == String(cString: strerror(EPIPE))
    }
}

extension AgentClientError {
    var status: ExitStatus {
        switch self {
        case .noDaemon: isForbidden ? .notPermitted : .noDaemon
        case .busy, .closed, .timedOut, .cancelled: .temporary
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
        case .busy:
            "\(self): the daemon hangs, or has too much to do; its log tells: journalctl -u tokenagent"
        case .closed: "\(self): the daemon has stopped, or is started anew; try again"
        case .timedOut:
            "\(self): the daemon hangs, or has too much to do; its log tells: journalctl -u tokenagent"
        case .refused(let error): error.advice
        case .cancelled, .protocolViolation, .unsendable: "\(self)"
        }
    }

    /// Whether the request may have been carried out all the same.
    var isDoubtful: Bool { [.closed, .timedOut, .cancelled].contains(self) }

    /// The daemon is there, as far as anybody can say, and its socket is not for this user.
    private var isForbidden: Bool {
        guard case .noDaemon(_, let reason) = self else { return false }
        return [EACCES, EPERM].contains { reason == String(cString: strerror($0)) }
    }
}
