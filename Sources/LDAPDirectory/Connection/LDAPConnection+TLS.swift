import CLDAP
import Glibc
import TokenCore

extension LDAPConnection {
    /// What ldap.conf(5) names on Debian; it is not read, see `LDAPLibrary`.
    static let systemCAFile = "/etc/ssl/certs/ca-certificates.crt"

    func setTLSOptions(_ settings: LDAPSettings) throws(DirectoryError) {
        let handle = try handle()
        let caFile = settings.caFile ?? Self.systemCAFile
        try demandReadable(caFile, named: "ca_file")
        var codes = [
            cldap_set_text(handle, LDAP_OPT_X_TLS_CACERTFILE, caFile),
            cldap_set_integer(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, LDAP_OPT_X_TLS_DEMAND),
            cldap_set_integer(handle, LDAP_OPT_X_TLS_PROTOCOL_MIN, CLDAP_TLS_PROTOCOL_TLS1_2),
        ]
        if case .external(let certFile?, let keyFile?) = settings.bind {
            try demandReadable(certFile, named: "cert_file")
            try demandReadable(keyFile, named: "key_file")
            codes.append(cldap_set_text(handle, LDAP_OPT_X_TLS_CERTFILE, certFile))
            codes.append(cldap_set_text(handle, LDAP_OPT_X_TLS_KEYFILE, keyFile))
        }
        // Last, because the options before it go into the context that this makes.
        codes.append(cldap_set_integer(handle, LDAP_OPT_X_TLS_NEWCTX, 0))
        guard codes.allSatisfy({ $0 == LDAP_OPT_SUCCESS }) else {
            throw .insecure(
                server: server, detail: "TLS cannot be set up: is \(caFile) a file of certificates?")
        }
    }

    private func demandReadable(_ path: String, named key: String) throws(DirectoryError) {
        guard access(path, R_OK) == 0 else {
            throw .misconfigured(detail: "\(key) \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// RFC 4511 4.14. Any failure is the end of the connection: there is no going on in plain text.
    func startTLS(until deadline: Deadline) throws(DirectoryError) {
        let handle = try handle()
        var request: Int32 = 0
        let sent = ldap_start_tls(handle, nil, nil, &request)
        guard sent == LDAP_SUCCESS else { throw failure(sent, deadline) }
        let answer = try next(request, until: deadline).result(on: self, deadline)
        guard answer.code == LDAP_SUCCESS else {
            throw .insecure(server: server, detail: "StartTLS was refused: \(answer.text)")
        }
        let installed = ldap_install_tls(handle)
        guard installed == LDAP_SUCCESS else { throw tlsFailure(installed, deadline) }
    }

    func tlsFailure(_ code: Int32, _ deadline: Deadline) -> DirectoryError {
        switch failure(code, deadline) {
        case .timedOut(let server, let phase): .timedOut(server: server, phase: phase)
        case .cancelled: .cancelled
        default: .insecure(server: server, detail: diagnostic(code))
        }
    }
}
