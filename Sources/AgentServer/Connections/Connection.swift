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
    /// Of the answers to a read, so many are written ahead: enough to wake up who waits for them, and to keep
    /// them busy while the others are made.
    private static let aheadMin = 8
    private static let aheadPart = 4

    let peer: Peer
    let dispatcher: Dispatcher
    let settings: ServerSettings
    let stalled: StalledConnections
    let onClose: () -> Void

    var framer: LineFramer
    private var batch: VerifyBatch
    private var busyPoll: BusyPoll
    var feed: EventFeed?
    var answers = ByteBuffer()
    private var right: VerifierRight?
    private var rightVersion = -1
    var inFlight = 0
    private var isFlushDue = false
    /// Written when so much is there.
    private var chunkBytes = Limits.answerChunkBytes
    private var loopExecutor: LoopExecutor?
    var isDraining = false
    var isLeaving = false
    var isReading = true
    var isWriting = false
    var inputEnded = false
    var lines = 0
    var partialLine: Scheduled<Void>?
    var unread: Scheduled<Void>?
    private let refused: RefusedAnswers
    var held = HeldAnswers()
    var heldTimer: Scheduled<Void>?
    var bulkyWork: CircularBuffer<Work> = []
    private var isBulkyRunning = false
    /// Written while answers were not read.
    var unreadBytes = 0

    typealias Work = @Sendable () async -> (ByteBuffer, delay: Duration)

    init(
        peer: Peer, descriptor: Int32, dispatcher: Dispatcher, settings: ServerSettings,
        stalled: StalledConnections, onClose: @escaping () -> Void
    ) {
        self.peer = peer
        self.dispatcher = dispatcher
        self.settings = settings
        self.stalled = stalled
        self.onClose = onClose
        busyPoll = BusyPoll(descriptor: descriptor)
        framer = LineFramer(lineBytesMax: settings.lineBytesMax)
        refused = RefusedAnswers(uid: peer.uid, paces: dispatcher.paces)
        batch = VerifyBatch(dispatcher: dispatcher, refused: refused)
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        busyPoll.asked(self, lines: lines, bytes: bytes.readableBytes)
        framer.append(bytes)
        takeLines(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        // Writing may have closed it, and its descriptor may be another connection's by now.
        while context.channel.isActive, let bytes = busyPoll.next(lines: lines, isIdle: isIdle) {
            framer.append(bytes)
            let ahead = bytes.readableBytes / busyPoll.lineBytes / Self.aheadPart
            (chunkBytes, batch.groupMax) = (1, min(max(ahead, Self.aheadMin), VerifyBatch.most))
            takeLines(context)
            flush(context)
        }
        watchPartialLine(context)
    }

    /// Everything that was asked is answered.
    private var isIdle: Bool { inFlight == 0 && isReading && !isLeaving && !framer.hasPartialLine }

    /// What is short to ask may be long to answer: so the answers are written in chunks, and no further line
    /// is taken while the last chunk is not read.
    func takeLines(_ context: ChannelHandlerContext) {
        judge()
        repeat {
            if answers.readableBytes >= chunkBytes {
                flush(context)
                (chunkBytes, batch.groupMax) = (Limits.answerChunkBytes, VerifyBatch.most)
            }
            guard !isStalled else { break }
            // One access to each for the whole read, not for each line: Swift checks every access to a
            // property.
            takeLines(&framer, &batch, &answers, context)
            for (answer, delay) in refused.takeAll() { hold(answer, for: delay, context) }
        } while answers.readableBytes >= chunkBytes
        adjustReading(context)
    }

    private func takeLines(
        _ framer: inout LineFramer, _ batch: inout VerifyBatch, _ answers: inout ByteBuffer,
        _ context: ChannelHandlerContext
    ) {
        let (right, chunkBytes) = (right, chunkBytes)
        framer.forEachPiece { piece in
            lines &+= 1
            switch piece {
            case .line(let line):
                if let right, batch.take(line, right, into: &answers) {
                    return answers.readableBytes < chunkBytes ? .next : .pause
                }
                take(line, right, &batch, &answers, context)
            case .overlong:
                let refusal = RPCError.invalidRequest("a line may have \(settings.lineBytesMax) bytes")
                AnswerWriter.error(id: nil, refusal, into: &answers)
            }
            return hasRoom && answers.readableBytes < chunkBytes ? .next : .pause
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
        case .single(let frame):
            if isDraining { return refuse(frame, in: line, into: &answers) }
            take(frame, in: line, context)
        case .batch(let entries): take(entries, in: line, context)
        case .failure(let error): AnswerWriter.error(id: nil, error, into: &answers)
        }
    }

    private func take(
        _ frame: RequestFrame, in line: UnsafeRawBufferPointer, _ context: ChannelHandlerContext
    ) {
        if frame.method == .tokenCreate, let params = CreateScanner.scan(frame.params(in: line)) {
            let id = frame.id(in: line).map(Array.init)
            let executor = executor(context)
            return later(context, on: executor) { [dispatcher, peer] in
                (await dispatcher.answer(params, id: id, peer: peer, on: executor), .zero)
            }
        }
        let subscribing = subscribing(frame.method == .eventsSubscribe, context)
        let call = Call(frame, in: line, peer: peer, subscribing: subscribing)
        later(context, subscribing, bulky: call.isBulky) { [dispatcher] in
            var buffer = ByteBuffer()
            let delay = await dispatcher.answer(call, ending: .line, into: &buffer)
            return (buffer, delay)
        }
    }

    /// Not done, and to be asked again of whoever listens next.
    private func refuse(
        _ frame: RequestFrame, in line: UnsafeRawBufferPointer, into answers: inout ByteBuffer
    ) {
        guard let id = frame.id(in: line) else { return }
        AnswerWriter.error(id: id, .shuttingDown(), into: &answers)
    }

    /// The answers of a batch leave together, in its order, when the last of them is there.
    private func take(
        _ entries: [RequestLine.BatchEntry], in line: UnsafeRawBufferPointer, _ context: ChannelHandlerContext
    ) {
        let refusal: RPCError? = isDraining ? .shuttingDown() : nil
        let subscribes = entries.contains { entry in
            if case .request(let frame) = entry { frame.method == .eventsSubscribe } else { false }
        }
        let subscribing = subscribing(subscribes, context)
        let calls = entries.map { entry in
            switch entry {
            case .request(let frame):
                Batch.Entry.call(
                    Call(frame, in: line, peer: peer, subscribing: subscribing, refusal: refusal))
            case .failure(let error): Batch.Entry.failure(error)
            }
        }
        let batch = Batch(entries: calls)
        later(context, subscribing, bulky: batch.isBulky) { [dispatcher] in
            await batch.answer(by: dispatcher)
        }
    }

    // MARK: Answers that come later

    /// On a thread of the pool, unless told otherwise.
    private func later(
        _ context: ChannelHandlerContext, _ subscribing: Subscribing? = nil, bulky: Bool = false,
        on executor: (any TaskExecutor)? = nil, _ work: @escaping Work
    ) {
        inFlight += 1
        guard bulky else { return run(work, context, on: executor) { $0.arrived($1, $2, subscribing, $3) } }
        bulkyWork.append(work)
        runBulky(context)
    }

    /// One after the other, and as they are read: many large answers at once would be much memory.
    func runBulky(_ context: ChannelHandlerContext) {
        guard !isBulkyRunning, !isStalled, let work = bulkyWork.popFirst() else { return }
        isBulkyRunning = true
        run(work, context) { connection, answer, delay, context in
            connection.isBulkyRunning = false
            connection.arrived(answer, delay, nil, context)
            // Only then it shows whether it is read.
            connection.flush(context)
            connection.runBulky(context)
        }
    }

    private func run(
        _ work: @escaping Work, _ context: ChannelHandlerContext, on executor: (any TaskExecutor)? = nil,
        then: @escaping (Connection, ByteBuffer, Duration, ChannelHandlerContext) -> Void
    ) {
        let bound = NIOLoopBound((self, context, then), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        Task(executorPreference: executor) {
            let (answer, delay) = await work()
            loop.execute {
                let (connection, context, then) = bound.value
                then(connection, answer, delay, context)
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
        _ answer: ByteBuffer, _ delay: Duration, _ subscribing: Subscribing?, _ context: ChannelHandlerContext
    ) {
        inFlight -= 1
        if unreadBytes > Limits.unreadAnswerBytesMax { return context.close(promise: nil) }
        if delay > .zero {
            hold(answer, for: delay, context)
        } else {
            answers.writeImmutableBuffer(answer)
        }
        if !isReading, hasRoom { takeLines(context) }
        if let subscribing {
            // Before any event does.
            flush(context)
            feed?.open(subscribing)
        }
        flushSoon(context)
    }

    private func flushSoon(_ context: ChannelHandlerContext) {
        guard !isFlushDue else { return }
        isFlushDue = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let (connection, context) = bound.value
            connection.isFlushDue = false
            connection.flush(context)
            connection.endIfDone(context)
        }
    }

    /// Where the subscriptions of a line are put; most lines have none.
    private func subscribing(_ isWanted: Bool, _ context: ChannelHandlerContext) -> Subscribing? {
        guard isWanted else { return nil }
        let feed =
            feed
            ?? EventFeed(context.channel, stalled) { [weak self] in
                self?.judge()
                return self?.right != nil
            }
        self.feed = feed
        return feed.subscribing()
    }

    // MARK: Answers that are held back

    private func hold(_ answer: ByteBuffer, for delay: Duration, _ context: ChannelHandlerContext) {
        let now = ContinuousClock.now
        held.hold(answer, until: now + delay)
        held.take(at: now, into: &answers)
        watchHeld(context)
    }

    private func watchHeld(_ context: ChannelHandlerContext) {
        guard heldTimer == nil, let due = held.nextDue else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let delay = TimeAmount(ContinuousClock.now.duration(to: due))
        heldTimer = context.eventLoop.scheduleTask(in: delay) {
            let (connection, context) = bound.value
            connection.heldTimer = nil
            connection.held.take(at: .now, into: &connection.answers)
            connection.flush(context)
            connection.watchHeld(context)
            connection.endIfDone(context)
        }
    }

    func flush(_ context: ChannelHandlerContext) {
        let count = answers.readableBytes
        guard count > 0 else { return }
        isWriting = true
        context.writeAndFlush(wrapOutboundOut(answers), promise: nil)
        isWriting = false
        // Most often it is written by now, and its memory is free for the next answers.
        if answers.capacity <= Self.keptBytesMax { answers.clear() } else { answers = ByteBuffer() }
        // The kernel takes all that is written, unless its own buffer is full of what was not read.
        if !context.channel.isWritable {
            stall(context, count)
        } else if isStalled {
            goOn(context)
        }
    }
}
