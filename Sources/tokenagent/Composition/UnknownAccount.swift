import Glibc
import Logging

/// A user or group that the configuration names, and that this machine does not have or cannot look up now.
struct UnknownAccount: Error, Hashable, Sendable {
    enum Kind: String, Sendable {
        case user
        case group
    }

    /// The path of the name, as `access[0].users[1]`.
    let key: String
    let kind: Kind
    let name: String
    /// What was said of the look-up; nil when there is none of that name.
    let failure: String?

    /// `code` is errno after getpwnam(3) or getgrnam(3), which name these for "not found" besides 0.
    init(key: String, kind: Kind, name: String, code: Int32) {
        self.key = key
        self.kind = kind
        self.name = name
        let isMissing = [0, ENOENT, ESRCH, EBADF, EPERM].contains(code)
        failure = isMissing ? nil : String(cString: strerror(code))
    }
}

extension UnknownAccount: CustomStringConvertible {
    var description: String {
        guard let failure else { return "\(key): this machine has no \(kind.rawValue) “\(name)”" }
        return "\(key): the \(kind.rawValue) “\(name)” cannot be looked up: \(failure)"
    }
}

extension [UnknownAccount] {
    /// Tells the log whom the rules grant nothing, as long as that is so.
    func tell(_ logger: Logger) {
        for account in self {
            logger.warning(
                "an account of the access rules is not there, and is granted nothing",
                metadata: ["account": "\(account)"])
        }
    }
}
