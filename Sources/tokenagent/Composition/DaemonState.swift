import AgentProtocol
import AgentServer
import Synchronization

/// What the daemon's parts say of themselves besides the agent, for whoever asks how it is.
final class DaemonState: Sendable {
    private struct Facts {
        var awaitingRestart: [String] = []
        var http: AgentStatus.HTTP?
    }

    private let facts: Mutex<Facts>

    /// `http` is the bridge in the daemon, which has not listened yet.
    init(http: HTTPConfiguration?) {
        var facts = Facts()
        facts.http = http.map { AgentStatus.HTTP(listen: $0.listen, listening: false) }
        self.facts = Mutex(facts)
    }

    func note(_ state: BridgeService.State) {
        let (isListening, error): (Bool, String?) =
            switch state {
            case .listening: (true, nil)
            case .notListening(let reason): (false, reason)
            }
        facts.withLock { facts in
            facts.http?.listening = isListening
            facts.http?.error = error
        }
    }

    /// All of them: what was put back meanwhile waits no more.
    func note(awaitingRestart keys: [String]) { facts.withLock { $0.awaitingRestart = keys } }

    func surroundings(exposition: @escaping @Sendable () -> String) -> Surroundings {
        var surroundings = Surroundings()
        surroundings.exposition = exposition
        surroundings.awaitingRestart = { self.facts.withLock(\.awaitingRestart) }
        surroundings.http = { self.facts.withLock(\.http) }
        return surroundings
    }
}
