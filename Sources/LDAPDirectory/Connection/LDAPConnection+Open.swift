import CLDAP
import TokenCore

extension LDAPConnection {
    /// TCP (or the socket), TLS and bind, in this order.
    func open(_ settings: LDAPSettings, secret: BindSecret, until deadline: Deadline) throws(DirectoryError) {
        let handle = try handle()
        let code = ldap_connect(handle)
        guard code == LDAP_SUCCESS else {
            // The callback has seen the connection before TLS began on it.
            throw pin.isConnected ? tlsFailure(code, deadline) : failure(code, deadline)
        }
        if settings.startTLS { try startTLS(until: deadline) }
        try bind(settings.bind, secret, until: deadline)
        // Only now: what TLS and the bind set up lies beneath it.
        guard cldap_read_ahead(handle) == 0 else {
            throw .misconfigured(detail: "libldap refused to read ahead from \(server): is it OpenLDAP's?")
        }
    }

    private func bind(
        _ bind: LDAPSettings.Bind, _ secret: BindSecret, until deadline: Deadline
    ) throws(DirectoryError) {
        let handle = try handle()
        var request: Int32 = 0
        let sent: Int32 =
            switch bind {
            case .anonymous:
                secret.withCredentials { ldap_sasl_bind(handle, "", nil, $0, nil, nil, &request) }
            case .simple(let dn, _):
                secret.withCredentials { ldap_sasl_bind(handle, dn, nil, $0, nil, nil, &request) }
            case .external:
                // An empty initial response, not none: without, the server asks for one (RFC 4422 appendix
                // A).
                secret.withCredentials { ldap_sasl_bind(handle, nil, "EXTERNAL", $0, nil, nil, &request) }
            }
        guard sent == LDAP_SUCCESS else { throw failure(sent, deadline) }
        let answer = try next(request, until: deadline).result(on: self, deadline)
        switch answer.code {
        case LDAP_SUCCESS: return
        case LDAP_BUSY, LDAP_UNAVAILABLE:
            throw .refused(server: server, code: answer.code, detail: answer.text)
        default: throw .bindRefused(server: server, code: answer.code, detail: answer.text)
        }
    }
}
