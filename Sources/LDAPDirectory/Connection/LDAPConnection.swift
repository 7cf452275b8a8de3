import CLDAP
import Dispatch
import Glibc
import TokenCore

/// One libldap handle. Not Sendable: it belongs to one session and is used on that session's thread only.
final class LDAPConnection {
    /// Of one entry, with all that some servers send of it unasked, and much more than any has.
    static let messageOctetsMax: UInt = 16 << 20

    let server: String
    let pin: ConnectionPin
    private let callback: ConnectionCallback
    private var opened: OpaquePointer?

    /// Prepares a handle; nothing is sent.
    init(_ server: ServerURL, settings: LDAPSettings, pin: ConnectionPin) throws(DirectoryError) {
        LDAPLibrary.initialize()
        self.server = server.text
        self.pin = pin
        callback = ConnectionCallback(pin)
        let code = ldap_initialize(&opened, server.text)
        guard code == LDAP_SUCCESS, opened != nil else {
            throw .misconfigured(detail: "\(server.text) is not a directory's URL: \(Self.text(code))")
        }
        try setOptions(settings.timing)
        if server.transport == .ldaps || settings.startTLS { try setTLSOptions(settings) }
    }

    deinit { close() }

    /// Safe to call again. Whoever asks after this gets `.unreachable`.
    func close() {
        guard let handle = opened else { return }
        opened = nil
        ldap_unbind_ext(handle, nil, nil)
        pin.release()
    }

    func handle() throws(DirectoryError) -> OpaquePointer {
        guard let opened else {
            throw .unreachable(server: server, code: LDAP_SERVER_DOWN, detail: "the session is closed")
        }
        return opened
    }

    private func setOptions(_ timing: LDAPSettings.Timing) throws(DirectoryError) {
        let handle = try handle()
        var connect = timeval(timing.connect)
        var request = timeval(timing.request)
        let codes = [
            cldap_set_integer(handle, LDAP_OPT_PROTOCOL_VERSION, LDAP_VERSION3),
            cldap_set_boolean(handle, LDAP_OPT_REFERRALS, 0),
            cldap_set_boolean(handle, LDAP_OPT_RESTART, 1),
            cldap_set_integer(handle, LDAP_OPT_DEREF, LDAP_DEREF_NEVER),
            ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &connect),
            ldap_set_option(handle, LDAP_OPT_TIMEOUT, &request),
            cldap_set_integer(handle, LDAP_OPT_X_KEEPALIVE_IDLE, 60),
            cldap_set_integer(handle, LDAP_OPT_X_KEEPALIVE_PROBES, 4),
            cldap_set_integer(handle, LDAP_OPT_X_KEEPALIVE_INTERVAL, 15),
            // Before anything is read: whoever answers in the clear, before TLS, may be anybody.
            cldap_limit_messages(handle, Self.messageOctetsMax),
            callback.install(on: handle),
        ]
        guard codes.allSatisfy({ $0 == LDAP_OPT_SUCCESS }) else {
            throw .misconfigured(detail: "libldap refused an option for \(server): is it OpenLDAP's?")
        }
    }

    /// Makes sure that `body` does not outlast `deadline`, whatever it waits for. May be nested.
    func bounded<Value>(
        by deadline: Deadline, _ body: () throws(DirectoryError) -> Value
    ) throws(DirectoryError) -> Value {
        let outer = pin.deadline
        pin.watch(min(deadline.instant, outer ?? deadline.instant))
        let alarm = Watchdog.alarm(after: deadline.remaining) { [pin] in pin.cutIfDue() }
        defer {
            pin.watch(outer)
            alarm.cancel()
        }
        return try body()
    }

    static func text(_ code: Int32) -> String { String(cString: ldap_err2string(code)) }

    /// What the library or the server added to the last error.
    func diagnostic(_ code: Int32) -> String {
        var message: UnsafeMutablePointer<CChar>?
        guard let opened, ldap_get_option(opened, LDAP_OPT_DIAGNOSTIC_MESSAGE, &message) == LDAP_OPT_SUCCESS,
            let message
        else { return Self.text(code) }
        defer { ldap_memfree(message) }
        let more = String(cString: message)
        return more.isEmpty ? Self.text(code) : "\(Self.text(code)): \(more)"
    }

    /// An error of the library itself, in the caller's words.
    func failure(_ code: Int32, _ deadline: Deadline) -> DirectoryError {
        switch pin.cut {
        case .deadline: return .timedOut(server: server, phase: deadline.phase)
        case .cancelled: return .cancelled
        case nil: break
        }
        switch code {
        case LDAP_TIMEOUT: return .timedOut(server: server, phase: deadline.phase)
        case LDAP_FILTER_ERROR: return .misconfigured(detail: "the filter is malformed")
        // libldap's own time-out of a connect is a server that is down, and may come before the watchdog.
        case LDAP_SERVER_DOWN where deadline.hasPassed:
            return .timedOut(server: server, phase: deadline.phase)
        case 1...: return .refused(server: server, code: code, detail: diagnostic(code))
        default: return .unreachable(server: server, code: code, detail: diagnostic(code))
        }
    }
}

extension timeval {
    init(_ span: Duration) {
        let parts = max(span, .zero).components
        self.init(tv_sec: Int(parts.seconds), tv_usec: Int(parts.attoseconds / 1_000_000_000_000))
    }
}
