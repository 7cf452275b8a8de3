package import TokenCore

extension LDAPSource {
    /// Every server is connected to, and the first that works is then looked at.
    package func examine() async -> [DirectoryCheck] {
        do { try checkSettings() } catch {
            return [DirectoryCheck(check: "configuration", ok: false, detail: error.description)]
        }
        var checks: [DirectoryCheck] = []
        var hasLooked = false
        for url in settings.urls {
            do {
                let session = try await open(url)
                checks += connected(session)
                if !hasLooked { checks += await session.examine() }
                hasLooked = true
                await session.close()
            } catch {
                checks += failed(url, error)
            }
        }
        return checks
    }

    private func connected(_ session: LDAPSession) -> [DirectoryCheck] {
        let server = session.server
        let isSecure = settings.startTLS || server.lowercased().hasPrefix("ldaps:")
        let isLocal = server.lowercased().hasPrefix("ldapi:")
        let tls =
            if isSecure {
                DirectoryCheck(check: "tls", ok: true, detail: "\(server): its certificate was verified")
            } else {
                DirectoryCheck(
                    check: "tls", ok: isLocal,
                    detail: "\(server): \(isLocal ? "a local socket" : "in the clear")",
                    advice: isLocal
                        ? nil : "use ldaps:// or start_tls: anybody on the way can read and change answers")
            }
        let bind =
            switch settings.bind {
            case .anonymous: "nobody"
            case .simple(let dn, _): dn
            case .external: "whom the server knows the peer as"
            }
        return [
            DirectoryCheck(check: "connect", ok: true, detail: server), tls,
            DirectoryCheck(check: "bind", ok: true, detail: "\(server): as \(bind)"),
        ]
    }

    private func failed(_ url: String, _ error: DirectoryError) -> [DirectoryCheck] {
        let reached = DirectoryCheck(check: "connect", ok: true, detail: url)
        switch error {
        case .insecure:
            return [
                reached,
                DirectoryCheck(
                    check: "tls", ok: false, detail: error.description,
                    advice:
                        "set ca_file to the issuer's certificate, and let the URL's host be a name in the "
                        + "server's certificate (olcTLSCertificateFile, nsSSLPersonalitySSL)"),
            ]
        case .bindRefused:
            return [
                reached,
                DirectoryCheck(
                    check: "bind", ok: false, detail: error.description,
                    advice: "check bind_dn and bind_password_file with ldapwhoami -x -D DN -y FILE"),
            ]
        case .misconfigured(let detail):
            // Nobody was asked yet: it is about this host.
            return [
                DirectoryCheck(
                    check: "configuration", ok: false, detail: detail, advice: Self.advice(on: detail))
            ]
        default:
            return [
                DirectoryCheck(
                    check: "connect", ok: false, detail: error.description,
                    advice: "check url, the firewall, and that the server runs")
            ]
        }
    }

    private static func advice(on detail: String) -> String {
        switch detail.prefix(while: { $0 != " " }) {
        case "bind_password_file":
            "the file must hold the password and be readable for the daemon's user: namei -l FILE"
        case "ca_file", "cert_file", "key_file":
            "the file must be there, in PEM, and readable for the daemon's user: namei -l FILE"
        default: "mend it under `directories` in the configuration"
        }
    }
}
