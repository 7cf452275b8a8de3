import AgentCore
import AgentProtocol
import Logging
import NIOCore
import TokenCore

/// From a method to its verb. Knows no logic: a line a method, one switch, one hop.
struct Dispatcher: Sendable {
    let agent: Agent
    let version: String
    let logger: Logger
    let users: LocalUsers
    let connections: ConnectionCount
    let paces: CallerPaces
    let deadlines = Deadlines(span: .seconds(Limits.requestDeadlineSeconds))
    let readings = OpenReadings()
    let surroundings: Surroundings
    let measures = ServerMeasures()

    /// Everything but the ordinary verify. Writes nothing for a notification.
    ///
    /// Tells how long the answer has to be held back.
    func answer(
        _ call: Call, ending: AnswerWriter.Ending, into buffer: inout ByteBuffer
    ) async -> Duration {
        var answer = ByteBuffer()
        var delay = Duration.zero
        let id = call.id ?? []
        do throws(RPCError) {
            if let refusal = call.refusal { throw refusal }
            let result = try await result(of: call)
            if result as? TokenVerify.Answer == .inactive(.unknown) { delay = refusalDelay(of: call) }
            id.withUnsafeBytes { AnswerWriter.result(id: $0, result, ending: ending, into: &answer) }
        } catch {
            // Who revokes by the token's own word may be guessing, too.
            if error == .badCredentials() || (call.method == .tokenRevoke && error.known == .notFound) {
                delay = refusalDelay(of: call)
            }
            log(error, of: call.method)
            id.withUnsafeBytes { AnswerWriter.error(id: $0, error, ending: ending, into: &answer) }
        }
        if call.id != nil { buffer.writeImmutableBuffer(answer) }
        return delay
    }

    private func refusalDelay(of call: Call) -> Duration {
        paces.refusalDelay(of: call.peer.uid, at: .now)
    }

    /// The ordinary create: nothing in it keeps an event loop waiting, so it can be run on one.
    func answer(
        _ params: TokenCreate, id: [UInt8]?, peer: Peer, on executor: any TaskExecutor
    ) async -> ByteBuffer {
        var answer = ByteBuffer()
        let bytes = id ?? []
        do throws(RPCError) {
            let result = try await deadlines.answer(on: executor) { () async throws(RPCError) in
                try await create(params, peer)
            }
            bytes.withUnsafeBytes { AnswerWriter.result(id: $0, result, into: &answer) }
        } catch {
            log(error, of: .tokenCreate)
            bytes.withUnsafeBytes { AnswerWriter.error(id: $0, error, into: &answer) }
        }
        return id == nil ? ByteBuffer() : answer
    }

    private func create(_ params: TokenCreate, _ peer: Peer) async throws(RPCError) -> CreatedToken {
        do {
            let maker = try await agent.maker(for: peer, login: await users.name(of: peer.uid))
            return try await create(params, Asker(peer: peer, caller: maker, subscribing: nil))
        } catch {
            throw RPCError(error)
        }
    }

    private func log(_ error: RPCError, of method: Method?) {
        guard error.known == .internalError else { return }
        logger.error(
            "a request failed", metadata: ["method": "\(method?.rawValue ?? "")", "error": "\(error)"])
    }

    func result(of call: Call) async throws(RPCError) -> any Encodable & Sendable {
        guard let method = call.method else { throw .methodNotFound() }
        let work: Race.Work = { () async throws(RPCError) in try await perform(method, call) }
        switch method {
        case .directorySync, .directoryTest, .auditVerify:
            return try await readings.answer(changesSomething: method.changesSomething, work)
        case _ where method.hasDeadline: return try await deadlines.answer(work)
        default: return try await work()
        }
    }

    private func perform(
        _ method: Method, _ call: Call
    ) async throws(RPCError) -> any Encodable & Sendable {
        switch method {
        case .tokenCreate: return try await run(call, create)
        case .tokenVerify: return try await run(call, verify)
        case .tokenShow: return try await run(call, show)
        case .tokenList: return try await run(call, list)
        case .tokenUpdate: return try await run(call, update)
        case .tokenRotate: return try await run(call, rotate)
        case .tokenReveal: return try await run(call, reveal)
        case .tokenRevoke: return try await run(call, revoke)
        case .tokenRestore: return try await run(call, restore)
        case .tokenPurge: return try await run(call, purge)
        case .tokenExplain: return try await run(call, explain)
        case .auditList: return try await run(call, auditList)
        case .auditVerify: return try await run(call, auditVerify)
        case .keyRotate: return try await run(call, keyRotate)
        case .keyStatus: return try await run(call, keyStatus)
        case .directorySync: return try await run(call, sync)
        case .directoryStatus: return try await run(call, directoryStatus)
        case .directoryTest: return try await run(call, directoryTest)
        case .directoryForget: return try await run(call, directoryForget)
        case .userShow: return try await run(call, userShow)
        case .userList: return try await run(call, userList)
        case .userExplain: return try await run(call, userExplain)
        case .eventsSubscribe: return try await run(call, subscribe)
        case .agentStatus: return try await run(call, status)
        case .agentWhoami: return try await run(call, whoami)
        case .rpcDiscover: return try await run(call, discover)
        }
    }

    /// Reads the params, finds out who asks, and lets the verb answer.
    private func run<P: MethodParams, R: Encodable & Sendable>(
        _ call: Call, _ verb: (P, Asker) async throws -> R
    ) async throws(RPCError) -> R {
        let (params, credentials) = try decode(P.self, call)
        do {
            let caller = try await caller(call, credentials)
            let subscribing = credentials == nil ? call.subscribing : nil
            return try await verb(params, Asker(peer: call.peer, caller: caller, subscribing: subscribing))
        } catch {
            throw RPCError(error)
        }
    }

    private func decode<P: MethodParams>(
        _: P.Type, _ call: Call
    ) throws(RPCError) -> (params: P, credentials: Credentials?) {
        let decoded = call.params.withUnsafeBytes { bytes -> Result<(P, Credentials?), RPCError> in
            do throws(RPCError) { return .success(try ParamsDecoder.decode(P.self, from: bytes)) } catch {
                return .failure(error)
            }
        }
        let (params, credentials) = try decoded.get()
        return (params, credentials)
    }

    /// By the credentials of `as` alone where there are any; else by the connection.
    private func caller(_ call: Call, _ credentials: Credentials?) async throws -> Caller {
        guard let credentials else {
            if let caller = call.caller { return caller }
            return try await agent.caller(for: call.peer, login: await users.name(of: call.peer.uid))
        }
        // Whoever passes credentials on is not who asks, and is on record beside them.
        let connection = call.caller?.name ?? "uid \(call.peer.uid), process \(call.peer.pid)"
        return try await caller(by: credentials).over(connection)
    }

    private func caller(by credentials: Credentials) async throws -> Caller {
        switch credentials {
        case .token(let token):
            return try await agent.caller(bearing: PresentedToken(token))
        case .codes(let userCode, let passCode):
            return try await agent.caller(bearing: PresentedToken(userCode: userCode, passCode: passCode))
        case .password(let login, let password, let source):
            return try await agent.caller(login: login, password: Password(password.exposed), source: source)
        }
    }
}

/// Who asks: at the other end of the connection, and by right.
struct Asker: Sendable {
    let peer: Peer
    let caller: Caller
    /// Where subscriptions are put. nil where there is no connection for them, and for `as`: they would
    /// outlive its credentials.
    let subscribing: Subscribing?
}
