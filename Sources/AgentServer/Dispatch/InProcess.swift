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
    private let bridge = Asker(
        peer: Peer(uid: getuid(), gid: getgid(), pid: getpid()),
        caller: Caller(name: "bridge", login: nil, roles: [.verifier]), subscribing: nil)

    package init(agent: Agent, version: String, logger: Logger, surroundings: Surroundings) {
        dispatcher = Dispatcher(
            agent: agent, version: version, logger: logger, users: LocalUsers(),
            connections: ConnectionCount(max: 0, perUIDMax: 0), paces: CallerPaces(),
            surroundings: surroundings)
    }

    package func call<P: MethodParams>(
        _ params: P, as credentials: Credentials?
    ) async throws(RPCError) -> P.Answer {
        if credentials == nil, let question = params as? TokenVerify {
            return try await verify(question, as: P.self)
        }
        let json: Data
        do { json = try JSONEncoder().encode(RequestParams(params, as: credentials)) } catch {
            throw .internalError("the params could not be encoded")
        }
        let call = Call(P.method, params: Array(json), peer: bridge.peer, caller: bridge.caller)
        return try Self.answer(try await dispatcher.result(of: call), to: P.self)
    }

    /// From memory, and never spelled in between: a proxy asks this for each request that it lets in.
    private func verify<P: MethodParams>(
        _ question: TokenVerify, as _: P.Type
    ) async throws(RPCError) -> P.Answer {
        do {
            // What the description refuses on the socket is refused here.
            try question.check()
            return try Self.answer(try await dispatcher.verify(question, bridge), to: P.self)
        } catch {
            throw RPCError(error)
        }
    }

    private static func answer<P: MethodParams>(
        _ result: any Sendable, to _: P.Type
    ) throws(RPCError) -> P.Answer {
        guard let answer = result as? P.Answer else {
            throw .internalError("the result is of another type")
        }
        return answer
    }
}
