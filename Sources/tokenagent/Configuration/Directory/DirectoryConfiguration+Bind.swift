extension DirectoryConfiguration.Bind {
    private enum Method: String, CaseIterable {
        case simple
        case external
        case anonymous
    }

    /// Left out, it is simple as soon as a name or a password is given: a forgotten half must not end in an
    /// anonymous bind, which succeeds and reads less.
    init(reading section: YAMLSection) {
        let dn = section.optional("bind_dn", .bindName)
        let passwordFile = section.file("bind_password_file")
        let certFile = section.file("cert_file")
        let keyFile = section.file("key_file")
        let named = section.isGiven("bind_dn") || section.isGiven("bind_password_file")
        let method: Method = section.value("bind", .word, default: named ? .simple : .anonymous)
        if section.isGiven("cert_file") != section.isGiven("key_file") {
            let given = section.isGiven("cert_file") ? "cert_file" : "key_file"
            section.refuse(given, "cert_file and key_file go together")
        }
        switch method {
        case .simple:
            for key in ["bind_dn", "bind_password_file"] where !section.isGiven(key) {
                section.refuse(key, "is missing: a simple bind needs bind_dn and bind_password_file")
            }
            self = .simple(dn: dn ?? "", passwordFile: passwordFile ?? "")
        case .external: self = .external(certFile: certFile, keyFile: keyFile)
        case .anonymous: self = .anonymous
        }
        Self.refuseIdleKeys(section, method)
    }

    private static func refuseIdleKeys(_ section: YAMLSection, _ method: Method) {
        let idle =
            switch method {
            case .simple: ["cert_file", "key_file"]
            case .external: ["bind_dn", "bind_password_file"]
            case .anonymous: ["bind_dn", "bind_password_file", "cert_file", "key_file"]
            }
        for key in idle where section.isGiven(key) {
            section.refuse(key, "is of no use with bind: \(method.rawValue)")
        }
    }
}
