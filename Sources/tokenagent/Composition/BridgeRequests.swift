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

/// The bridge's way to the agent from a process of its own: one connection, made anew when it has ended.
actor SocketRequests: AgentRequests {
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
