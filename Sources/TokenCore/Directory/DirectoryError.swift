/// Why a directory could not answer. Each case says what the caller does next; none of them ever means
/// "empty".
package enum DirectoryError: Error, Hashable, Sendable {
    /// No server of the list could be reached, or the connection was lost. Try again later.
    case unreachable(server: String, code: Int32, detail: String)
    /// TLS could not be set up as demanded. Needs the administrator: never retried in plain text.
    case insecure(server: String, detail: String)
    /// The agent's own bind was refused. Needs the administrator.
    case bindRefused(server: String, code: Int32, detail: String)
    /// The deadline passed. Try again later.
    case timedOut(server: String, phase: String)
    /// The server answered with a result code other than success. `code` is LDAP's (RFC 4511 4.1.9).
    case refused(server: String, code: Int32, detail: String)
    /// The answer arrived but does not hold together, so it is not a complete reading.
    case incomplete(server: String, reason: String)
    /// The source is configured in a way that cannot work: an unreadable file, a missing attribute.
    case misconfigured(detail: String)
    /// The source has no way to do this, and will have none until somebody changes it.
    case unsupported(detail: String)
    /// The caller stopped waiting.
    case cancelled
}

extension DirectoryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let server, let code, let detail):
            "cannot reach \(server): \(detail) (\(code))"
        case .insecure(let server, let detail): "no secure connection to \(server): \(detail)"
        case .bindRefused(let server, let code, let detail):
            "\(server) refused the bind: \(detail) (\(code))"
        case .timedOut(let server, let phase): "\(server) did not answer in time (\(phase))"
        case .refused(let server, let code, let detail): "\(server) answered \(detail) (\(code))"
        case .incomplete(let server, let reason): "the reading of \(server) is not complete: \(reason)"
        case .misconfigured(let detail), .unsupported(let detail): detail
        case .cancelled: "cancelled"
        }
    }
}
