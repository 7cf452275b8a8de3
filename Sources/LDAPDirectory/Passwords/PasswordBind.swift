import CLDAP
import TokenCore

/// One attempt to bind as somebody, on a connection and a thread of its own: the agent's own session must
/// never become somebody else's.
actor PasswordBind {
    nonisolated let pin = ConnectionPin()
    private nonisolated let thread: LDAPThread
    private let settings: LDAPSettings
    private let connection: LDAPConnection

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Sends nothing yet. Refuses what would travel in the clear.
    init(as dn: String, on url: String, _ settings: LDAPSettings) throws(DirectoryError) {
        let server = try ServerURL(url)
        var bound = settings
        bound.bind = .simple(dn: dn, passwordFile: "")
        try bound.permit(server)
        self.settings = bound
        // TLS is set up as for the agent itself: a server may demand its certificate of everybody.
        connection = try LDAPConnection(server, settings: settings, pin: pin)
        thread = LDAPThread(name: "ldap \(settings.name)")
    }

    isolated deinit {
        connection.close()
        thread.stop()
    }

    /// nil if the server let them in, else its reason for not doing so.
    func attempt(_ password: Password, until deadline: Deadline) -> Result<String?, DirectoryError> {
        Result { () throws(DirectoryError) in
            defer { connection.close() }
            do throws(DirectoryError) {
                try connection.bounded(by: deadline) { () throws(DirectoryError) in
                    try connection.open(settings, secret: BindSecret(password), until: deadline)
                }
                return nil
            } catch {
                return try Self.reason(error)
            }
        }
    }

    /// The server's word that it is the password or the account that is wrong. Anything else says nothing
    /// about either, and goes on as an error.
    static func reason(_ error: DirectoryError) throws(DirectoryError) -> String {
        guard case .bindRefused(let server, let code, let detail) = error else { throw error }
        switch code {
        case LDAP_INVALID_CREDENTIALS, LDAP_INAPPROPRIATE_AUTH, LDAP_NO_SUCH_OBJECT,
            LDAP_CONSTRAINT_VIOLATION:
            return "\(detail) (\(code))"
        case LDAP_UNWILLING_TO_PERFORM where speaksOfTheAccount(detail): return "\(detail) (\(code))"
        default: throw .refused(server: server, code: code, detail: detail)
        }
    }

    /// 53 is also what a server says that wants another kind of bind from everybody. 389-ds: "Account
    /// inactivated. Contact system administrator."; FreeIPA: "Too many failed logins.", "Account (Kerberos
    /// principal) is expired".
    private static func speaksOfTheAccount(_ detail: String) -> Bool {
        let text = detail.lowercased()
        return ["account", "inactivated", "locked", "expired", "failed logins", "disabled"].contains {
            text.contains($0)
        }
    }
}
