/// The HTTP bridge's settings. They are checked, but there is no bridge yet that could take them.
struct HTTPConfiguration: Hashable, Sendable {
    enum API: String, CaseIterable, Hashable, Sendable {
        case query
        case iq
        case entity
        case standard
    }

    var listen = "127.0.0.1:8070"
    var apis: [API] = []
}

extension HTTPConfiguration {
    init(reading section: YAMLSection) {
        listen = section.value("listen", .listenAddress, default: listen)
        apis = section.list("apis", of: .word)
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
