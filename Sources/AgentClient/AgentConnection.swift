public import AgentProtocol
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A connection to the daemon. Calls may be made from any number of tasks: they share it, each request is
/// sent at once, and answers find their calls by id.
///
/// A connection that ended stays ended; make a new one. `close` waits for the end; letting go of it closes
/// it, too.
public final class AgentConnection: Sendable {
    /// How long a call waits for its answer, unless told otherwise: longer than the daemon's own deadline,
    /// so that it is the daemon that says what took too long. Too short for methods for which the daemon has
    /// none (`Method.hasDeadline`).
    public static let defaultTimeout = Duration.seconds(2 * Limits.requestDeadlineSeconds)

    private let calls: PendingCalls

    private init(_ calls: PendingCalls) { self.calls = calls }

    /// Nobody can ask any more, so nobody would hear an answer.
    deinit { calls.close() }

    /// Connects to the daemon's Unix socket.
    public static func connect(
        path: String, timeout: Duration = .seconds(5)
    ) async throws(AgentClientError) -> AgentConnection {
        do {
            return try await connecting(path: path, timeout: timeout, on: ClientLoop()).get()
        } catch {
            throw AgentClientError(connecting: path, error)
        }
    }

    /// Fails with an `AgentClientError`.
    static func connecting(
        path: String, timeout: Duration, on loop: ClientLoop
    ) -> EventLoopFuture<AgentConnection> {
        let made = Mutex<PendingCalls?>(nil)
        return ClientBootstrap(group: loop.eventLoop)
            .connectTimeout(timeout.timeAmount)
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 16384, maximum: 65536)
            )
            // Before it is connected: who hangs up at once says why, and that is not to be missed.
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let calls = PendingCalls(channel: channel, loop: loop)
                    made.withLock { $0 = calls }
                    try channel.pipeline.syncOperations.addHandler(AnswerReader(calls))
                }
            }
            .connect(unixDomainSocketPath: path)
            .flatMapThrowing { _ in
                guard let calls = made.withLock({ $0.take() }) else { throw AgentClientError.closed }
                return AgentConnection(calls)
            }
            .flatMapErrorThrowing { throw AgentClientError(connecting: path, $0) }
    }

    /// False once it has ended.
    var isOpen: Bool { calls.isOpen }

    /// Ends the connection. Calls that still wait fail with `closed`.
    public func close() async {
        // Closing what is closed already is no error worth telling.
        try? await calls.close().get()
    }

    /// Calls a method and decodes its result.
    public nonisolated(nonsending) func call<P: Encodable & Sendable, R: Decodable & Sendable>(
        _ method: Method, _ params: P, as credentials: Credentials? = nil,
        timeout: Duration = AgentConnection.defaultTimeout
    ) async throws(AgentClientError) -> R {
        let json = try await sent(method, params, credentials, timeout)
        return try AnswerDecoder.result(R.self, json)
    }

    /// Calls the method that these params belong to.
    public nonisolated(nonsending) func call<P: MethodParams>(
        _ params: P, as credentials: Credentials? = nil, timeout: Duration = AgentConnection.defaultTimeout
    ) async throws(AgentClientError) -> P.Answer {
        do throws(CallFailure) {
            return try await attempt(params, as: credentials, until: .now() + timeout.timeAmount)
        } catch {
            throw error.reason
        }
    }

    /// Calls a method and returns the JSON text of its result as the daemon wrote it.
    public nonisolated(nonsending) func callRaw<P: Encodable & Sendable>(
        _ method: Method, _ params: P, as credentials: Credentials? = nil,
        timeout: Duration = AgentConnection.defaultTimeout
    ) async throws(AgentClientError) -> [UInt8] {
        Array(try await sent(method, params, credentials, timeout).readableBytesView)
    }
}

extension AgentConnection {
    /// Is this token good, for this use?
    public nonisolated(nonsending) func verify(
        token: String, audience: String? = nil, flags: [String]? = nil, write: Bool? = nil
    ) async throws(AgentClientError) -> TokenVerify.Answer {
        try await call(TokenVerify(token: Secret(token), audience: audience, flags: flags, write: write))
    }
}

extension AgentConnection {
    /// As `call`; says as well whether anything was sent.
    @inline(__always)
    nonisolated(nonsending) func attempt<P: MethodParams>(
        _ params: P, as credentials: Credentials?, until deadline: NIODeadline
    ) async throws(CallFailure) -> P.Answer {
        if credentials == nil, let verify = params as? TokenVerify {
            let verdict = try await verdict(verify, from: .now(), until: deadline)
            if let answer = verdict as? P.Answer { return answer }
        }
        let json = try await text(P.method, params, credentials, deadline)
        do { return try AnswerDecoder.result(P.Answer.self, json) } catch { throw .failed(error) }
    }

    @inline(__always)
    nonisolated(nonsending) func verdict(
        _ params: borrowing TokenVerify, from now: NIODeadline, until deadline: NIODeadline
    ) async throws(CallFailure) -> TokenVerify.Answer {
        let id = calls.nextID()
        do {
            let answer = try await withUnsafeThrowingContinuation { continuation in
                let call = PendingCall(
                    id: id, waiter: .verdict(continuation), deadline: deadline,
                    unwatchedUntil: min(PendingCall.endOfUnwatched(from: now), deadline))
                calls.begin(call) { RequestEncoder.write(params, id: id, into: &$0) }
            }
            if let answer { return answer }
            return try await lateVerdict(id)
        } catch {
            throw error as? CallFailure ?? .failed(.closed)
        }
    }

    private nonisolated(nonsending) func lateVerdict(_ id: Int64) async throws -> TokenVerify.Answer {
        let answer = try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { calls.wait(id, $0) }
        } onCancel: {
            calls.end(id, .failure(.failed(.cancelled)))
        }
        guard let answer else { throw CallFailure.failed(.closed) }
        return answer
    }

    /// The answers in the order of the tokens; `demand` is asked of all of them.
    nonisolated(nonsending) func verdicts(
        _ tokens: [String], _ demand: TokenVerify, until deadline: NIODeadline
    ) async throws(CallFailure) -> [TokenVerify.Answer] {
        let batch = VerifyBatch(tokens, demand: demand, until: deadline, of: calls)
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { batch.begin($0) }
        } onCancel: {
            batch.end(.failed(.cancelled))
        }
        return try outcome.get()
    }

    private nonisolated(nonsending) func sent(
        _ method: Method, _ params: some Encodable & Sendable, _ credentials: Credentials?,
        _ timeout: Duration
    ) async throws(AgentClientError) -> ByteBuffer {
        do throws(CallFailure) {
            return try await text(method, params, credentials, .now() + timeout.timeAmount)
        } catch {
            throw error.reason
        }
    }

    private nonisolated(nonsending) func text(
        _ method: Method, _ params: some Encodable & Sendable, _ credentials: Credentials?,
        _ deadline: NIODeadline
    ) async throws(CallFailure) -> ByteBuffer {
        let id = calls.nextID()
        let line: ByteBuffer
        do {
            line = try RequestEncoder.line(id: id, method: method, params: params, credentials: credentials)
        } catch {
            throw .failed(error)
        }
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                calls.begin(.init(id: id, waiter: .text(continuation), deadline: deadline)) { requests in
                    requests.writeImmutableBuffer(line)
                    return nil
                }
            }
        } onCancel: {
            calls.end(id, .failure(.failed(.cancelled)))
        }
        return try outcome.get()
    }
}
