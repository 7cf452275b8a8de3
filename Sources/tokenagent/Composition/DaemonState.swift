import AgentProtocol
import AgentServer
import Synchronization

/// What the daemon's parts say of themselves besides the agent, for whoever asks how it is.
final class DaemonState: Sendable {
    private struct Facts {
        var awaitingRestart: [String] = []
        var http: AgentStatus.HTTP?
        var httpSocket: BoundSocket?
    }

    private let facts: Mutex<Facts>

    /// `http` is the bridge in the daemon, which has not listened yet.
    init(http: HTTPConfiguration?) {
        var facts = Facts()
        facts.http = http.map { AgentStatus.HTTP(listen: $0.listen, listening: false) }
        self.facts = Mutex(facts)
    }

    func note(_ state: BridgeService.State) {
        let (isListening, error, socket): (Bool, String?, BoundSocket?) =
            switch state {
            case .listening(let socket): (true, nil, socket)
            case .notListening(let reason): (false, reason, nil)
            }
        facts.withLock { facts in
            facts.http?.listening = isListening
            facts.http?.error = error
            facts.httpSocket = socket
        }
    }

    /// Looks where it listens: the kernel tells nobody that the name of a socket is gone.
    var http: AgentStatus.HTTP? {
        let (known, socket) = facts.withLock { ($0.http, $0.httpSocket) }
        guard var http = known, let socket, !socket.isInPlace else { return known }
        http.listening = false
        http.error =
            "nobody reaches it at \(http.listen): its socket was removed, or something else is in its place"
        return http
    }

    /// All of them: what was put back meanwhile waits no more.
    func note(awaitingRestart keys: [String]) { facts.withLock { $0.awaitingRestart = keys } }

    func surroundings(exposition: @escaping @Sendable () -> String) -> Surroundings {
        var surroundings = Surroundings()
        surroundings.exposition = {
            DaemonMetrics.note(self.http)
            return exposition()
        }
        surroundings.awaitingRestart = { self.facts.withLock(\.awaitingRestart) }
        surroundings.http = { self.http }
        return surroundings
    }
}
