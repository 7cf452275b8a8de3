extension DirectoryConfiguration {
    /// What only shows when several keys are looked at together.
    func check(_ section: YAMLSection) {
        guard !urls.isEmpty else {
            // An empty list is a problem of its own; any other has been reported where it stands.
            if section.isEmptyList("url") { section.refuse("url", "expected at least one URL") }
            return
        }
        isFile ? checkFile(section) : checkServers(section)
    }

    private func checkFile(_ section: YAMLSection) {
        if urls.count > 1 { section.refuse("url", "expected one file:// URL, or only servers") }
        let idle = [
            "start_tls", "ca_file", "allow_cleartext", "bind", "bind_dn", "bind_password_file", "cert_file",
            "key_file",
        ]
        for key in idle where section.isGiven(key) {
            section.refuse(key, "is for servers; a file:// source has no use for it")
        }
    }

    private func checkServers(_ section: YAMLSection) {
        if !section.isGiven("base") {
            section.refuse("base", "is missing: servers are read from a base down")
        }
        let schemes = Set(urls.map(\.scheme))
        if startTLS, let other = urls.first(where: { $0.scheme != .ldap })?.scheme {
            section.refuse("start_tls", "is for ldap:// only, and not for \(other.rawValue)://")
        }
        let readable = schemes.contains(.ldap) && !startTLS
        switch bind {
        case .anonymous: break
        case .simple:
            // An eavesdropper would have the password for good: RFC 4513 6.2.
            if readable && !allowCleartext {
                let advice = "use ldaps:// or start_tls, or accept it with allow_cleartext: true"
                section.refuse("url", "the bind password would travel in the clear: \(advice)")
            }
        case .external(let certFile, _):
            if readable { section.refuse("bind", "external needs ldapi://, ldaps:// or start_tls") }
            if schemes != [.ldapi], certFile == nil {
                section.refuse("bind", "external over TLS needs cert_file and key_file")
            }
        }
    }
}
