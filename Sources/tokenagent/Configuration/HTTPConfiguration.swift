import AgentServer

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
    /// `agent` is the agent's own socket.
    init(reading section: YAMLSection, agent: String) {
        listen = section.value("listen", .listenAddress, default: listen)
        if section.isGiven("apis") { apis = section.list("apis", of: .word) }
        allowRemote = section.value("allow_remote", .bool, default: allowRemote)
        stateFile = section.optional("state_file", .absolutePath)
        if let problem = objection ?? clash(with: agent) { section.refuse("listen", problem) }
    }

    /// nil when it listens at a port.
    var socketPath: String? {
        listen.hasPrefix("unix:") ? String(listen.dropFirst("unix:".count)) : nil
    }

    /// Why it cannot listen beside an agent's socket: each of the two would remove the other's, or the lock
    /// beside it. nil when it can.
    func clash(with agent: String) -> String? {
        guard let socketPath else { return nil }
        let (own, agent) = (FileFacts.place(of: socketPath), FileFacts.place(of: agent))
        guard own == agent || own == SocketLock.file(for: agent) || SocketLock.file(for: own) == agent else {
            return nil
        }
        return "\(socketPath) is the agent's own socket, or the lock of one of the two: listen elsewhere"
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
