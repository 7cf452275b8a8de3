package import AgentCore
package import AgentProtocol
import Foundation
import Glibc
package import Logging

/// The methods without a socket, for the HTTP bridge in the daemon's own process.
///
/// What comes with credentials is judged by them. What comes without has the role verifier and no other, so
/// that the bridge holds no more than it would from outside.
package struct InProcess: Sendable {
    private let dispatcher: Dispatcher

    package init(agent: Agent, version: String, logger: Logger) {
        dispatcher = Dispatcher(
            agent: agent, version: version, logger: logger, users: LocalUsers(),
            connections: ConnectionCount(max: 0, perUIDMax: 0))
    }

    package func call<P: MethodParams>(
        _ params: P, as credentials: Credentials?
    ) async throws(RPCError) -> P.Answer {
        let json: Data
        do { json = try JSONEncoder().encode(RequestParams(params, as: credentials)) } catch {
            throw .internalError("the params could not be encoded")
        }
        let bridge = Caller(name: "bridge", login: nil, roles: [.verifier])
        let peer = Peer(uid: getuid(), gid: getgid(), pid: getpid())
        let call = Call(P.method, params: Array(json), peer: peer, caller: bridge)
        guard let answer = try await dispatcher.result(of: call) as? P.Answer else {
            throw .internalError("the result is of another type")
        }
        return answer
    }
}
