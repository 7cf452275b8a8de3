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
                    advice: look(at: url)),
            ]
        case .bindRefused:
            return [
                reached,
                DirectoryCheck(
                    check: "bind", ok: false, detail: error.description,
                    advice: bindAdvice(url)),
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

    /// libldap has one sentence for a wrong issuer, an expired certificate and a wrong name; openssl tells
    /// them apart.
    private func look(at url: String) -> String {
        guard settings.startTLS || !url.lowercased().hasPrefix("ldap:") else {
            return "use start_tls or ldaps://"
        }
        let place = url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
        // An address of IPv6 is in brackets, and has colons of its own.
        let port = place.lastIndex(of: ":").flatMap { place[$0...].contains("]") ? nil : $0 }
        let host = place[..<(port ?? place.endIndex)]
        let address = port == nil ? "\(host):\(settings.startTLS ? 389 : 636)" : String(place)
        let start = settings.startTLS ? " -starttls ldap" : ""
        let caFile = settings.caFile ?? LDAPConnection.systemCAFile
        return
            "issuer (ca_file), dates and name (the URL's host must be in the certificate) are told apart by "
            + "“verify error” or “Verification” of: openssl s_client -connect \(address)\(start) "
            + "-CAfile \(caFile) -verify_hostname \(host) </dev/null"
    }

    /// The same bind by hand. ldapwhoami takes a line end for a part of the password, and the agent does not.
    func bindAdvice(_ url: String) -> String {
        let asked = "ldapwhoami -H \(url)\(settings.startTLS ? " -ZZ" : "")"
        switch settings.bind {
        case .anonymous: return "it lets nobody in without a name: set bind_dn and bind_password_file"
        case .simple(let dn, let file):
            return "check bind_dn and bind_password_file, in bash: \(asked) -x -D \"\(dn)\" "
                + "-y <(tr -d '\\n' <\"\(file)\")"
        case .external(nil, _):
            return
                "the server must know the daemon's user (olcAuthzRegexp, nsslapd-ldapimaptoentries): as that "
                + "user, \(asked) -Y EXTERNAL"
        case .external(let certificate?, let key):
            return "the server must ask for the certificate and know its subject (olcTLSVerifyClient, "
                + "olcAuthzRegexp; certmap.conf): LDAPTLS_CERT=\(certificate) "
                + "LDAPTLS_KEY=\(key ?? certificate) \(asked) -Y EXTERNAL"
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
