import AgentClient
import AgentProtocol
import HTTPBridge
import Synchronization

/// The agent over its socket, as a bridge of its own process has it.
final class SocketRequests: AgentRequests {
    private let connection: AgentConnection
    private let asked = Mutex(0)

    init(connection: AgentConnection) { self.connection = connection }

    /// How many requests with a password have been sent and not been answered.
    var passwordsAsked: Int { asked.withLock { $0 } }

    func call<P: MethodParams>(
        _ params: P, as credentials: Credentials?
    ) async throws(AgentFailure) -> P.Answer {
        let one = if case .password = credentials { 1 } else { 0 }
        asked.withLock { $0 += one }
        defer { asked.withLock { $0 -= one } }
        do {
            return try await connection.call(params, as: credentials)
        } catch {
            if case .refused(let refusal) = error { throw .refused(refusal) }
            throw .unreachable("\(error)")
        }
    }
}
