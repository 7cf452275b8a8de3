import Foundation

/// Where people are read from: a server, or an LDIF file.
struct DirectoryURL: Hashable, Sendable {
    enum Scheme: String, CaseIterable, Hashable, Sendable {
        case ldap
        case ldaps
        case ldapi
        case file
    }

    var scheme: Scheme
    /// As it was written.
    var text: String
    /// Of a file, with `%xx` undone.
    var path: String?
}

extension YAMLValue where Value == DirectoryURL {
    static var directoryURL: Self {
        YAMLValue<String>.string.map { (text) throws(YAMLRefusal) in
            guard let end = text.range(of: "://"),
                let scheme = DirectoryURL.Scheme(rawValue: text[..<end.lowerBound].lowercased())
            else { throw YAMLRefusal("expected a URL with ldap://, ldaps://, ldapi:// or file:///") }
            let rest = String(text[end.upperBound...])
            switch scheme {
            case .file: return .init(scheme: scheme, text: text, path: try filePath(rest))
            case .ldapi: try checkLocal(rest)
            case .ldap, .ldaps: try checkHost(rest)
            }
            return .init(scheme: scheme, text: text, path: nil)
        }
    }

    private static func filePath(_ rest: String) throws(YAMLRefusal) -> String {
        guard rest.hasPrefix("/"), let path = rest.removingPercentEncoding, path.count > 1 else {
            throw YAMLRefusal("expected file:/// and an absolute path")
        }
        return path
    }

    /// The socket's path stands where a host would, so its slashes are written `%2F`.
    private static func checkLocal(_ rest: String) throws(YAMLRefusal) {
        let socket = rest.hasSuffix("/") ? String(rest.dropLast()) : rest
        let isPath = socket.isEmpty || socket.removingPercentEncoding?.hasPrefix("/") == true
        guard isPath, !socket.contains("/") else {
            throw YAMLRefusal("expected ldapi:///, or the socket's path as in ldapi://%2Frun%2Fslapd%2Fldapi")
        }
    }

    /// Base and filter have keys of their own, and a name or password in a URL would be a secret in the file.
    private static func checkHost(_ rest: String) throws(YAMLRefusal) {
        let authority = rest.hasSuffix("/") ? String(rest.dropLast()) : rest
        guard HostAndPort(authority) != nil else {
            throw YAMLRefusal("expected a host and perhaps a port after the scheme, and nothing more")
        }
    }
}
