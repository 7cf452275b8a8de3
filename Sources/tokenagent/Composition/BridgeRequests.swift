import AgentClient
import AgentProtocol
import AgentServer
import HTTPBridge

/// The bridge's way to the agent in the daemon's own process.
struct LocalRequests: AgentRequests {
    let agent: InProcess

    func call<P: MethodParams>(
        _ params: P, as credentials: Credentials?
    ) async throws(AgentFailure) -> P.Answer {
        do { return try await agent.call(params, as: credentials) } catch { throw .refused(error) }
    }
}

/// The bridge's way to the agent from a process of its own: two connections, made anew when they have ended.
///
/// What has a password waits for a directory, and a connection with many such requests is not read any more:
/// nobody else's may stand behind them.
struct SocketRequests: AgentRequests {
    private let passwords: SocketConnection
    private let others: SocketConnection

    init(path: String) {
        passwords = SocketConnection(path: path)
        others = SocketConnection(path: path)
    }

    func call<P: MethodParams>(
        _ params: P, as credentials: Credentials?
    ) async throws(AgentFailure) -> P.Answer {
        guard case .password = credentials else { return try await others.call(params, as: credentials) }
        return try await passwords.call(params, as: credentials)
    }
}

/// One connection at a time, made when it is needed.
private actor SocketConnection {
    private let path: String
    private var connection: AgentConnection?

    init(path: String) { self.path = path }

    func call<P: MethodParams>(
        _ params: P, as credentials: Credentials?
    ) async throws(AgentFailure) -> P.Answer {
        do throws(AgentClientError) {
            return try await connected().call(params, as: credentials)
        } catch {
            switch error {
            case .refused(let refusal): throw .refused(refusal)
            case .closed: connection = nil
            default: break
            }
            throw .unreachable("\(error)")
        }
    }

    private func connected() async throws(AgentClientError) -> AgentConnection {
        if let connection { return connection }
        let made = try await AgentConnection.connect(path: path)
        // Somebody else may have connected meanwhile: one is enough, and letting go of it closes the other.
        let kept = connection ?? made
        connection = kept
        return kept
    }
}
