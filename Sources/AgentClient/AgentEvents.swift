public import AgentProtocol
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Follows what the daemon tells of tokens, people and directories, on a connection of its own.
public enum AgentEvents {
    /// Calls `onEvent` for each event, one after another, until the connection ends (`closed`), a closure
    /// throws, or the task is cancelled (`cancelled`).
    ///
    /// `onSubscribed` is called first: whatever happens from then on is told. A daemon that has not answered
    /// so far within `timeout` is not waited for (`timedOut`).
    ///
    /// While `onEvent` works, nothing more is read; the daemon keeps what follows for a while, and then
    /// tells by an event of the kind `Event.missedKind` how many were lost. After that, and after `closed`,
    /// ask anew for what matters.
    public static func follow(
        path: String, kinds: [EventKind]? = nil, timeout: Duration = AgentConnection.defaultTimeout,
        onSubscribed: () async throws -> Void = {}, onEvent: (Event) async throws -> Void
    ) async throws {
        let request = try request(kinds, nil)
        try await follow(path: path, request, timeout, onSubscribed) { json in
            try await onEvent(AnswerDecoder.result(Event.self, json))
        }
    }

    /// The same with each event's text as the daemon wrote it.
    package static func followRaw(
        path: String, kinds: [EventKind]?, as credentials: Credentials?,
        onEvent: (_ json: [UInt8]) async throws -> Void
    ) async throws {
        let request = try request(kinds, credentials)
        try await follow(path: path, request, AgentConnection.defaultTimeout, {}) { json in
            try await onEvent(Array(json.readableBytesView))
        }
    }

    private static func request(
        _ kinds: [EventKind]?, _ credentials: Credentials?
    ) throws(AgentClientError) -> ByteBuffer {
        try RequestEncoder.line(
            id: 1, method: .eventsSubscribe, params: EventsSubscribe(kinds: kinds), credentials: credentials)
    }

    private static func follow(
        path: String, _ request: ByteBuffer, _ timeout: Duration,
        _ onSubscribed: () async throws -> Void, _ onEvent: (ByteBuffer) async throws -> Void
    ) async throws {
        let channel = try await connect(path)
        let patience = Patience(of: channel.channel, timeout)
        defer { patience.end() }
        try await channel.executeThenClose { inbound, outbound in
            // Who hangs up at once has said why before, and that is there to be read.
            try? await outbound.write(request)
            var lines = EventLines()
            var chunks = inbound.makeAsyncIterator()
            while let chunk = await next(&chunks) {
                for message in try lines.messages(in: chunk) {
                    switch message {
                    case .subscribed:
                        patience.end()
                        try await onSubscribed()
                    case .event(let json): try await onEvent(json)
                    }
                }
            }
        }
        if Task.isCancelled { throw AgentClientError.cancelled }
        throw patience.isOver ? AgentClientError.timedOut : AgentClientError.closed
    }

    /// nil at the end, whatever ended it. What the closures throw is theirs, and not told of here.
    private static func next(
        _ chunks: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) async -> ByteBuffer? {
        do { return try await chunks.next() } catch { return nil }
    }

    private static func connect(
        _ path: String
    ) async throws(AgentClientError) -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        do {
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw AgentClientError(connecting: path, error)
        }
    }
}

/// How long an answer is waited for: then the connection is closed.
private final class Patience: Sendable {
    private let isExhausted = Atomic(false)
    private let timer = Mutex<Scheduled<Void>?>(nil)

    init(of channel: any Channel, _ timeout: Duration) {
        let timer = channel.eventLoop.scheduleTask(in: timeout.timeAmount) {
            self.isExhausted.store(true, ordering: .relaxed)
            channel.close(promise: nil)
        }
        self.timer.withLock { $0 = timer }
    }

    var isOver: Bool { isExhausted.load(ordering: .relaxed) }

    func end() { timer.withLock { $0 }?.cancel() }
}

/// Cuts what comes on such a connection into messages.
private struct EventLines {
    enum Message {
        case subscribed
        case event(ByteBuffer)
    }

    private var framer = LineFramer(lineBytesMax: Limits.answerLineBytesMax)

    mutating func messages(in buffer: ByteBuffer) throws(AgentClientError) -> [Message] {
        framer.append(buffer)
        var messages: [Message] = []
        var violation: AgentClientError?
        framer.forEachPiece { piece in
            do throws(AgentClientError) {
                messages.append(try Self.message(piece))
                return .next
            } catch {
                violation = error
                return .pause
            }
        }
        if let violation { throw violation }
        return messages
    }

    private static func message(_ piece: LineFramer.Piece) throws(AgentClientError) -> Message {
        guard case .line(let line) = piece else { throw .protocolViolation("a line that is too long") }
        if let params = AnswerScanner.event(line) { return .event(ByteBuffer(bytes: line[params])) }
        guard let frame = AnswerScanner.scan(line) else {
            throw .protocolViolation("a line that is no event")
        }
        switch frame.outcome {
        case .result: return .subscribed
        case .error(let range): throw AnswerDecoder.error(UnsafeRawBufferPointer(rebasing: line[range]))
        }
    }
}
