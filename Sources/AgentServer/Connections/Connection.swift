import AgentCore
import AgentProtocol
import NIOCore

/// One connection: lines in, answers out.
///
/// Everything happens on its event loop. Verifying is done where the line is read, and all answers of one
/// read leave in one write; the other methods run elsewhere, and their answers come back here.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What a connection keeps for its next answers: room for those of one read.
    private static let keptBytesMax = 32768

    private let peer: Peer
    private let dispatcher: Dispatcher
    private let settings: ServerSettings
    private let onClose: () -> Void

    private var framer: LineFramer
    private var batch: VerifyBatch
    private var feed: EventFeed?
    private var answers = ByteBuffer()
    private var right: VerifierRight?
    private var rightVersion = -1
    private var inFlight = 0
    private var isLeaving = false
    private var loopExecutor: LoopExecutor?
    private var isDraining = false
    private var isReading = true
    private var inputEnded = false
    private var lines = 0
    private var partialLine: Scheduled<Void>?
    private var unread: Scheduled<Void>?

    init(peer: Peer, dispatcher: Dispatcher, settings: ServerSettings, onClose: @escaping () -> Void) {
        self.peer = peer
        self.dispatcher = dispatcher
        self.settings = settings
        self.onClose = onClose
        framer = LineFramer(lineBytesMax: settings.lineBytesMax)
        batch = VerifyBatch(dispatcher: dispatcher)
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        framer.append(unwrapInboundIn(data))
        takeLines(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        watchPartialLine(context)
    }

    private func takeLines(_ context: ChannelHandlerContext) {
        guard !isDraining else { return }
        judge()
        // One access to each for the whole read, not for each line: Swift checks every access to a property.
        takeLines(&framer, &batch, &answers, context)
        adjustReading(context)
    }

    private func takeLines(
        _ framer: inout LineFramer, _ batch: inout VerifyBatch, _ answers: inout ByteBuffer,
        _ context: ChannelHandlerContext
    ) {
        let right = right
        framer.forEachPiece { piece in
            lines &+= 1
            switch piece {
            case .line(let line):
                if let right, batch.take(line, right, into: &answers) { return .next }
                take(line, right, &batch, &answers, context)
            case .overlong:
                let refusal = RPCError.invalidRequest("a line may have \(settings.lineBytesMax) bytes")
                AnswerWriter.error(id: nil, refusal, into: &answers)
            }
            return inFlight < settings.inFlightMax ? .next : .pause
        } settle: {
            guard let right else { return }
            batch.settle(right, into: &answers)
            batch.learn()
        }
    }

    /// The right to verify is looked up again only when the configuration has changed.
    private func judge() {
        let version = dispatcher.agent.settingsVersion
        guard version != rightVersion else { return }
        rightVersion = version
        right = dispatcher.agent.verifier(for: peer)
    }

    private func take(
        _ line: UnsafeRawBufferPointer, _ right: VerifierRight?, _ batch: inout VerifyBatch,
        _ answers: inout ByteBuffer, _ context: ChannelHandlerContext
    ) {
        let request = RequestScanner.scan(line)
        if let right {
            if case .single(let frame) = request, batch.take(frame, in: line, right, into: &answers) {
                return
            }
            // Answers leave in the order of their requests, but for those that come later.
            batch.settle(right, into: &answers)
        }
        switch request {
        case .single(let frame): take(frame, in: line, context)
        case .batch(let entries): take(entries, in: line, context)
        case .failure(let error): AnswerWriter.error(id: nil, error, into: &answers)
        }
    }

    private func take(
        _ frame: RequestFrame, in line: UnsafeRawBufferPointer, _ context: ChannelHandlerContext
    ) {
        if frame.method == .tokenCreate, let params = CreateScanner.scan(frame.params(in: line)) {
            let id = frame.id(in: line).map(Array.init)
            return later(context, nil, on: executor(context)) { [dispatcher, peer] in
                await dispatcher.answer(params, id: id, peer: peer)
            }
        }
        let subscribing = subscribing(frame.method == .eventsSubscribe, context)
        let call = Call(frame, in: line, peer: peer, subscribing: subscribing)
        later(context, subscribing) { [dispatcher] in
            var buffer = ByteBuffer()
            await dispatcher.answer(call, ending: .line, into: &buffer)
            return buffer
        }
    }

    /// The answers of a batch leave together, in its order, when the last of them is there.
    private func take(
        _ entries: [RequestLine.BatchEntry], in line: UnsafeRawBufferPointer, _ context: ChannelHandlerContext
    ) {
        let subscribes = entries.contains { entry in
            if case .request(let frame) = entry { frame.method == .eventsSubscribe } else { false }
        }
        let subscribing = subscribing(subscribes, context)
        let calls = entries.map { entry in
            switch entry {
            case .request(let frame):
                Batch.Entry.call(Call(frame, in: line, peer: peer, subscribing: subscribing))
            case .failure(let error): Batch.Entry.failure(error)
            }
        }
        later(context, subscribing) { [dispatcher] in await Batch(entries: calls).answer(by: dispatcher) }
    }

    // MARK: Answers that come later

    /// On a thread of the pool, unless told otherwise.
    private func later(
        _ context: ChannelHandlerContext, _ subscribing: Subscribing?, on executor: (any TaskExecutor)? = nil,
        _ work: @escaping @Sendable () async -> ByteBuffer
    ) {
        inFlight += 1
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        Task(executorPreference: executor) {
            let answer = await work()
            loop.execute {
                let (connection, context) = bound.value
                connection.arrived(answer, subscribing, context)
            }
        }
    }

    private func executor(_ context: ChannelHandlerContext) -> LoopExecutor {
        let executor = loopExecutor ?? LoopExecutor(context.eventLoop)
        loopExecutor = executor
        return executor
    }

    /// The answers that one commit brings arrive together, and leave in one write: after those that are in
    /// the loop's queue already.
    private func arrived(
        _ answer: ByteBuffer, _ subscribing: Subscribing?, _ context: ChannelHandlerContext
    ) {
        inFlight -= 1
        answers.writeImmutableBuffer(answer)
        if inFlight == settings.inFlightMax - 1 { takeLines(context) }
        if let subscribing {
            // Before any event does.
            flush(context)
            feed?.open(subscribing)
        }
        guard !isLeaving else { return }
        isLeaving = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let (connection, context) = bound.value
            connection.leave(context)
        }
    }

    private func leave(_ context: ChannelHandlerContext) {
        isLeaving = false
        flush(context)
        endIfDone(context)
    }

    /// Where the subscriptions of a line are put; most lines have none.
    private func subscribing(_ isWanted: Bool, _ context: ChannelHandlerContext) -> Subscribing? {
        guard isWanted else { return nil }
        let feed =
            feed
            ?? EventFeed(context.channel) { [weak self] in
                self?.judge()
                return self?.right != nil
            }
        self.feed = feed
        return feed.subscribing()
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard answers.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(answers), promise: nil)
        // Most often it is written by now, and its memory is free for the next answers.
        if answers.capacity <= Self.keptBytesMax { answers.clear() } else { answers = ByteBuffer() }
    }

    // MARK: Limits

    /// Reads only while there is room for requests and the caller takes its answers.
    private func adjustReading(_ context: ChannelHandlerContext) {
        let wanted = inFlight < settings.inFlightMax && context.channel.isWritable && !isDraining
        guard wanted != isReading else { return }
        isReading = wanted
        context.channel.setOption(ChannelOptions.autoRead, value: wanted).whenFailure { _ in
            // The channel is closed: there is nothing to read.
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            unread?.cancel()
            unread = nil
        } else if unread == nil {
            unread = closing(context, after: Limits.unreadAnswerTimeoutSeconds) { _ in true }
        }
        adjustReading(context)
        context.fireChannelWritabilityChanged()
    }

    /// Closes a caller who began a line and does not end it. The timer is left alone while lines come in:
    /// setting it for each read would cost more than the reads.
    private func watchPartialLine(_ context: ChannelHandlerContext) {
        guard framer.hasPartialLine, partialLine == nil, isReading else { return }
        let begun = lines
        partialLine = closing(context, after: Limits.partialLineTimeoutSeconds) { connection in
            connection.partialLine = nil
            let isSame = connection.framer.hasPartialLine && connection.lines == begun && connection.isReading
            if !isSame { connection.watchPartialLine(context) }
            return isSame
        }
    }

    private func closing(
        _ context: ChannelHandlerContext, after seconds: Int, if condition: @escaping (Connection) -> Bool
    ) -> Scheduled<Void> {
        let bound = NIOLoopBound((self, context, condition), eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
            let (connection, context, condition) = bound.value
            if condition(connection) { context.close(promise: nil) }
        }
    }

    // MARK: The end

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is DrainEvent:
            isDraining = true
            adjustReading(context)
            endIfDone(context)
        case ChannelEvent.inputClosed:
            // `printf … | nc -U -N` closes its side at once, and still waits for the answer.
            inputEnded = true
            endIfDone(context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func endIfDone(_ context: ChannelHandlerContext) {
        // Who subscribed and sends no more still listens.
        let isListening = inputEnded && feed?.isEmpty == false
        guard isDraining || (inputEnded && !isListening), inFlight == 0 else { return }
        flush(context)
        // After what is written: closing at once would throw it away.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        partialLine?.cancel()
        unread?.cancel()
        feed?.close()
        onClose()
        context.fireChannelInactive()
    }
}

/// Tells a connection to answer what it has taken, and to take no more.
struct DrainEvent: Sendable {}
