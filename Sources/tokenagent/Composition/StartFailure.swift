import AgentServer
import Glibc
import HTTPBridge
import TokenStorage

/// Why the daemon did not start: a line for people, and a status for the service manager (sysexits.h).
struct StartFailure: Error {
    /// EX_CONFIG: starting again will not help until somebody has changed something.
    static let configurationStatus: Int32 = 78
    /// EX_TEMPFAIL: starting again later may help.
    static let temporaryStatus: Int32 = 75
    /// EX_SOFTWARE
    static let softwareStatus: Int32 = 70

    let message: String
    let status: Int32

    init(configuration message: String) { self.init(message, Self.configurationStatus) }

    /// Whoever has the address may let go of it.
    init(listen: String, reason: String) {
        self.init("cannot listen at \(listen): \(reason)", Self.temporaryStatus)
    }

    private init(_ message: String, _ status: Int32) {
        self.message = message
        self.status = status
    }

    init(_ error: any Error) {
        switch error {
        case let failure as StartFailure: self = failure
        case let error as UnknownAccount: self.init("\(error)", Self.configurationStatus)
        case let error as ConfigurationError: self.init("\(error)", Self.configurationStatus)
        case let error as StorageError:
            self.init("\(error)", error.isForLater ? Self.temporaryStatus : Self.configurationStatus)
        case let error as ServerError:
            self.init("\(error)", error.isForLater ? Self.temporaryStatus : Self.configurationStatus)
        case let error as BridgeError: self.init("\(error)", Self.configurationStatus)
        default: self.init("\(error)", Self.softwareStatus)
        }
    }
}

extension StorageError {
    /// Whether waiting may help: another daemon may end, a disk may be emptied.
    fileprivate var isForLater: Bool {
        switch self {
        case .inUse, .full, .inputOutput, .busy: true
        default: false
        }
    }
}

extension ServerError {
    fileprivate var isForLater: Bool {
        if case .inUse = self { true } else { false }
    }
}
