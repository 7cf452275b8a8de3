import TokenCore

extension LDAPSettings {
    /// Everything that decides who is read.
    package var fingerprint: String {
        let boundAs =
            switch bind {
            case .anonymous: "anonymous"
            case .simple(let dn, _): "simple \(dn)"
            case .external(let certFile, _): "external \(certFile ?? "")"
            }
        return Fingerprint.text(
            [("base", base), ("scope", "subtree"), ("filter", filter), ("bind", boundAs)]
                + urls.map { ("url", $0) } + attributes.fingerprint + disabled.fingerprint)
    }
}

extension LDIFSettings {
    package var fingerprint: String {
        Fingerprint.text(
            [("file", path), ("base", base ?? ""), ("filter", filter)]
                + attributes.fingerprint + disabled.fingerprint)
    }
}

extension PersonAttributes {
    /// Only the id: other labels may be read from elsewhere without anybody becoming somebody else.
    fileprivate var fingerprint: [(String, String)] { [("id", id.lowercased())] }
}

extension DisabledRule {
    fileprivate var fingerprint: [(String, String)] {
        switch self {
        case .auto: [("disabled", "auto")]
        case .attribute(let name, let value): [("disabled", name.lowercased()), ("disabled value", value)]
        }
    }
}
