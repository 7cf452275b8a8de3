import Yams

/// Where the daemon listens, and who may connect as far as the file system decides.
struct SocketConfiguration: Hashable, Sendable {
    /// sockaddr_un.sun_path has 108 bytes on Linux, the last one for the NUL (unix(7)).
    static let pathBytesMax = 107

    var path = "/run/tokenagent/tokenagent.sock"
    var mode: UInt32 = 0o660
    /// nil: the socket keeps the daemon's own group.
    var group: LocalAccount? = .name("tokenagent-clients")
}

extension SocketConfiguration {
    init(reading section: YAMLSection) {
        path = section.value("path", .socketPath, default: path)
        mode = section.value("mode", .octalMode, default: mode)
        group = section.optional("group", .account, default: group)
    }
}

extension YAMLValue where Value == String {
    static var socketPath: Self {
        absolutePath.map { (path) throws(YAMLRefusal) in
            let bytes = path.utf8.count
            guard bytes <= SocketConfiguration.pathBytesMax else {
                let limit = "at most \(SocketConfiguration.pathBytesMax) bytes"
                throw YAMLRefusal("expected \(limit), which is all a socket's address holds; it has \(bytes)")
            }
            return path
        }
    }
}

extension YAMLValue where Value == UInt32 {
    /// In quotes only: unquoted, 0660 is 432 to one reader of YAML and 660 to another.
    static var octalMode: Self {
        YAMLValue { (node) throws(YAMLRefusal) in
            let expected = "expected an octal mode in quotes, such as \"0660\""
            guard case .scalar(let scalar) = node, scalar.resolvedName == .str else {
                throw YAMLRefusal("\(expected), not \(node.kindInWords)")
            }
            guard (3...4).contains(scalar.string.count), let mode = UInt32(scalar.string, radix: 8),
                mode <= 0o777, scalar.string.allSatisfy(\.isNumber)
            else { throw YAMLRefusal(expected) }
            return mode
        }
    }
}
