import AgentClient
import AgentProtocol
import HTTPBridge

/// The agent over its socket, as a bridge of its own process has it.
struct SocketRequests: AgentRequests {
    let connection: AgentConnection

    func call<P: MethodParams>(
        _ params: P, as credentials: Credentials?
    ) async throws(AgentFailure) -> P.Answer {
        do {
            return try await connection.call(params, as: credentials)
        } catch {
            if case .refused(let refusal) = error { throw .refused(refusal) }
            throw .unreachable("\(error)")
        }
    }
}
