public import AgentProtocol
internal import Glibc
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
    /// so that it is the daemon that says what took too long.
    public static let defaultTimeout = Duration.seconds(2 * Limits.requestDeadlineSeconds)

    private let channel: any Channel
    private let pending: NIOLoopBound<PendingCalls>
    private let lastID = Atomic<Int64>(0)

    private init(channel: any Channel, pending: NIOLoopBound<PendingCalls>) {
        self.channel = channel
        self.pending = pending
    }

    /// Nobody can ask any more, so nobody would hear an answer.
    deinit { channel.close(promise: nil) }

    /// Connects to the daemon's Unix socket.
    public static func connect(
        path: String, timeout: Duration = .seconds(5)
    ) async throws(AgentClientError) -> AgentConnection {
        do {
            return try await connecting(path: path, timeout: timeout).get()
        } catch {
            throw connectFailure(error, path)
        }
    }

    /// Fails with an `AgentClientError`.
    static func connecting(path: String, timeout: Duration) -> EventLoopFuture<AgentConnection> {
        ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
            .connectTimeout(timeout.timeAmount)
            .connect(unixDomainSocketPath: path)
            .flatMapThrowing { channel in
                let pending = PendingCalls()
                try channel.pipeline.syncOperations.addHandler(pending)
                return AgentConnection(
                    channel: channel, pending: NIOLoopBound(pending, eventLoop: channel.eventLoop))
            }
            .flatMapErrorThrowing { throw connectFailure($0, path) }
    }

    private static func connectFailure(_ error: any Error, _ path: String) -> AgentClientError {
        switch error {
        case let error as AgentClientError: error
        case let error as IOError: .noDaemon(path: path, reason: String(cString: strerror(error.errnoCode)))
        default: .noDaemon(path: path, reason: String(describing: error))
        }
    }

    /// False once it has ended.
    var isOpen: Bool { channel.isActive }

    /// Ends the connection. Calls that still wait fail with `closed`.
    public func close() async {
        // Closing what is closed already is no error worth telling.
        try? await channel.close().get()
    }

    /// Calls a method and decodes its result.
    public func call<P: Encodable & Sendable, R: Decodable & Sendable>(
        _ method: Method, _ params: P, as credentials: Credentials? = nil,
        timeout: Duration = AgentConnection.defaultTimeout
    ) async throws(AgentClientError) -> R {
        let json = try await sent(method, params, credentials, timeout)
        return try AnswerDecoder.result(R.self, json)
    }

    /// Calls the method that these params belong to.
    public func call<P: MethodParams>(
        _ params: P, as credentials: Credentials? = nil, timeout: Duration = AgentConnection.defaultTimeout
    ) async throws(AgentClientError) -> P.Answer {
        try await call(P.method, params, as: credentials, timeout: timeout)
    }

    /// Calls a method and returns the JSON text of its result as the daemon wrote it.
    public func callRaw<P: Encodable & Sendable>(
        _ method: Method, _ params: P, as credentials: Credentials? = nil,
        timeout: Duration = AgentConnection.defaultTimeout
    ) async throws(AgentClientError) -> [UInt8] {
        Array(try await sent(method, params, credentials, timeout).readableBytesView)
    }
}

extension AgentConnection {
    /// Is this token good, for this use?
    public func verify(
        token: String, audience: String? = nil, flags: [String]? = nil, write: Bool? = nil
    ) async throws(AgentClientError) -> TokenVerify.Answer {
        var params = TokenVerify(token: Secret(token))
        params.audience = audience
        params.flags = flags
        params.write = write
        return try await call(params)
    }
}

extension AgentConnection {
    /// As `call`; says as well whether anything was sent.
    func attempt<P: MethodParams>(
        _ params: P, as credentials: Credentials?, timeout: Duration
    ) async throws(CallFailure) -> P.Answer {
        let json = try await answer(P.method, params, credentials, timeout)
        do { return try AnswerDecoder.result(P.Answer.self, json) } catch { throw .failed(error) }
    }

    private func sent(
        _ method: Method, _ params: some Encodable, _ credentials: Credentials?, _ timeout: Duration
    ) async throws(AgentClientError) -> ByteBuffer {
        do { return try await answer(method, params, credentials, timeout) } catch { throw error.reason }
    }

    private func answer(
        _ method: Method, _ params: some Encodable, _ credentials: Credentials?, _ timeout: Duration
    ) async throws(CallFailure) -> ByteBuffer {
        let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
        let line: ByteBuffer
        do {
            line = try RequestEncoder.line(id: id, method: method, params: params, credentials: credentials)
        } catch {
            throw .failed(error)
        }
        let promise = channel.eventLoop.makePromise(of: ByteBuffer.self)
        send(line, id: id, timeout: timeout.timeAmount, promise)
        do {
            return try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                // Queued behind `send`, so the call is known by then.
                channel.eventLoop.execute { self.pending.value.end(id, .failure(.cancelled)) }
            }
        } catch let failure as CallFailure {
            throw failure
        } catch {
            throw .failed(error as? AgentClientError ?? .closed)
        }
    }

    private func send(
        _ line: ByteBuffer, id: Int64, timeout: TimeAmount, _ promise: EventLoopPromise<ByteBuffer>
    ) {
        channel.eventLoop.execute {
            guard self.pending.value.await(id, within: timeout, promise) else { return }
            // A write that fails ends the connection, and with it the call.
            self.channel.writeAndFlush(line, promise: nil)
        }
    }
}
