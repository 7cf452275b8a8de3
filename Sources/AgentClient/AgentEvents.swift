public import AgentProtocol
internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Follows what the daemon tells of tokens, people and directories, on a connection of its own.
public enum AgentEvents {
    /// Calls `onEvent` for each event, one after another, until the connection ends (`closed`), a closure
    /// throws, or the task is cancelled (`cancelled`).
    ///
    /// `onSubscribed` is called first: whatever happens from then on is told. While `onEvent` works, nothing
    /// more is read; the daemon keeps what follows for a while, and then tells by an event of the kind
    /// `Event.missedKind` how many were lost. After that, and after `closed`, ask anew for what matters.
    public static func follow(
        path: String, kinds: [EventKind]? = nil, onSubscribed: () async throws -> Void = {},
        onEvent: (Event) async throws -> Void
    ) async throws {
        try await follow(path: path, EventsSubscribe(kinds: kinds), nil, onSubscribed) { json in
            try await onEvent(AnswerDecoder.result(Event.self, json))
        }
    }

    /// The same with each event's text as the daemon wrote it.
    package static func followRaw(
        path: String, kinds: [EventKind]?, as credentials: Credentials?,
        onEvent: (_ json: [UInt8]) async throws -> Void
    ) async throws {
        try await follow(path: path, EventsSubscribe(kinds: kinds), credentials, {}) { json in
            try await onEvent(Array(json.readableBytesView))
        }
    }

    private static func follow(
        path: String, _ params: EventsSubscribe, _ credentials: Credentials?,
        _ onSubscribed: () async throws -> Void, _ onEvent: (ByteBuffer) async throws -> Void
    ) async throws {
        let request = try RequestEncoder.line(
            id: 1, method: .eventsSubscribe, params: params, credentials: credentials)
        let channel = try await connect(path)
        do {
            try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(request)
                var lines = EventLines()
                for try await buffer in inbound {
                    for message in try lines.messages(in: buffer) {
                        switch message {
                        case .subscribed: try await onSubscribed()
                        case .event(let json): try await onEvent(json)
                        }
                    }
                }
            }
        } catch is ChannelError {
            throw AgentClientError.closed
        } catch is IOError {
            throw AgentClientError.closed
        }
        throw Task.isCancelled ? AgentClientError.cancelled : AgentClientError.closed
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
        } catch let error as IOError {
            throw .noDaemon(path: path, reason: String(cString: strerror(error.errnoCode)))
        } catch {
            throw .noDaemon(path: path, reason: String(describing: error))
        }
    }
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
