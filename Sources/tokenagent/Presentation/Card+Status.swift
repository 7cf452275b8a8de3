import AgentProtocol
import TokenStorage

extension Card {
    init(status: AgentStatus.Answer, socket: String, _ style: Style) {
        self.init()
        add("tokenagent", Cell("\(status.version), running", .green))
        add("socket", socket)
        add("started", "\(status.startedAt.local(style)) (up \(Age(seconds: status.uptimeSeconds).length))")
        add("tokens", Self.counts(status.tokens))
        add("people", "\(status.people)")
        add("connections", "\(status.connections)")
        if let http = status.http { add("http", Self.cell(http)) }
        if let keys = status.awaitingRestart, !keys.isEmpty {
            add("configuration", Cell("changed; a restart takes: \(keys.joined(separator: ", "))", .yellow))
        }
        let free = status.storage.free.map { ", \($0 >> 20) MiB left on its disk" } ?? ""
        add("storage", "\(status.storage.path), \(status.storage.bytes / 1024) KiB\(free)")
        add("revision", "\(status.storage.revision) (schema \(status.storage.schema))")
        if let error = status.storage.checkpointError {
            add("write-ahead log", Cell("cannot be moved into the database, and grows: \(error)", .red))
        }
        if status.storage.logBytes >= StorageFacts.logBytesLarge {
            let size = "\(status.storage.logBytes >> 20) MiB"
            add("write-ahead log", Cell("\(size): somebody has been reading for long", .yellow))
        }
        switch status.clock.state {
        case "ahead":
            let span = Age(seconds: status.clock.apartSeconds).length
            add("clock", Cell("\(span) ahead of the time on record: purging waits", .red))
        case "behind":
            let span = Age(seconds: status.clock.apartSeconds).length
            add("clock", Cell("\(span) behind the time on record", .red))
        default: break
        }
    }

    private static func cell(_ http: AgentStatus.HTTP) -> Cell {
        guard !http.listening else { return Cell(http.listen) }
        return Cell(http.error ?? "does not listen at \(http.listen) yet", .red)
    }

    /// In the order of a token's life; states that a newer daemon has come last.
    private static func counts(_ tokens: [String: Int]) -> String {
        let known = TokenState.allCases.map(\.rawValue)
        let names = known + tokens.keys.filter { !known.contains($0) }.sorted()
        let counts = names.compactMap { name in
            tokens[name].flatMap { $0 == 0 ? nil : "\($0) \(name)" }
        }
        return counts.isEmpty ? "none" : counts.joined(separator: ", ")
    }
}
