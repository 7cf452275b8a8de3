/// The HTTP bridge: where it listens, and what it answers.
struct HTTPConfiguration: Hashable, Sendable {
    enum API: String, CaseIterable, Hashable, Sendable {
        case query
        case iq
        case entity
        case standard
    }

    var listen = "127.0.0.1:8070"
    var apis = API.allCases
    /// Whether it may listen where other hosts can reach it: TLS is the reverse proxy's.
    var allowRemote = false
    /// Where it keeps what an administrator sets through it; nil: beside the database.
    var stateFile: String?
}

extension HTTPConfiguration {
    init(reading section: YAMLSection) {
        listen = section.value("listen", .listenAddress, default: listen)
        if section.isGiven("apis") { apis = section.list("apis", of: .word) }
        allowRemote = section.value("allow_remote", .bool, default: allowRemote)
        stateFile = section.optional("state_file", .absolutePath)
    }
}

extension YAMLValue where Value == String {
    /// `HOST:PORT`, `[IPv6]:PORT` or `unix:/PATH`.
    static var listenAddress: Self {
        string.map { (text) throws(YAMLRefusal) in
            if text.hasPrefix("unix:/") {
                guard text.utf8.count - "unix:".utf8.count <= SocketConfiguration.pathBytesMax else {
                    throw YAMLRefusal("expected a path of at most \(SocketConfiguration.pathBytesMax) bytes")
                }
                return text
            }
            guard HostAndPort(text)?.port != nil else {
                throw YAMLRefusal("expected HOST:PORT or unix:/PATH")
            }
            return text
        }
    }
}
