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
    /// For what takes as long as it takes: whoever waits over HTTP decides for how long.
    private static let unhurried = Duration.seconds(3600)
    /// A check answers from memory: an agent that does not in this time will not, and proxies wait no longer.
    private static let check = Duration.seconds(2)

    private let passwords: SharedClient
    private let others: SharedClient

    init(path: String) {
        // An HTTP caller is told soon that nobody is there, and asks again when it likes.
        passwords = SharedClient(socketPath: path, patience: .seconds(1))
        others = SharedClient(socketPath: path, patience: .seconds(1))
    }

    func call<P: MethodParams>(
        _ params: P, as credentials: Credentials?
    ) async throws(AgentFailure) -> P.Answer {
        let agent = if case .password = credentials { passwords } else { others }
        do throws(AgentClientError) {
            return try await agent.call(
                params, as: credentials,
                deadline: params is TokenVerify
                    ? Self.check : P.method.hasDeadline ? nil : Self.unhurried)
        } catch {
            if case .refused(let refusal) = error { throw .refused(refusal) }
            throw .unreachable("\(error)")
        }
    }
}
