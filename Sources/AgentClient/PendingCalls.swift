internal import AgentProtocol
internal import NIOCore

/// The calls of one connection that wait for an answer: cuts what comes into lines, and hands each to its
/// call.
///
/// Lives on the connection's event loop. Every promise that is taken in is kept exactly once: by its
/// answer, its deadline, its caller's cancellation, or the end of the connection.
final class PendingCalls: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias Outcome = Result<ByteBuffer, AgentClientError>

    private struct Call {
        let promise: EventLoopPromise<ByteBuffer>
        let deadline: Scheduled<Void>
    }

    private var framer = LineFramer(lineBytesMax: Limits.answerLineBytesMax)
    private var calls: [Int64: Call] = [:]
    /// Why the connection is no more.
    private var ended: AgentClientError?

    // MARK: Calls

    /// Takes the call in and says whether its request may be sent.
    func await(_ id: Int64, within timeout: TimeAmount, _ promise: EventLoopPromise<ByteBuffer>) -> Bool {
        if let ended {
            promise.fail(CallFailure.unsent(ended))
            return false
        }
        let eventLoop = promise.futureResult.eventLoop
        let pending = NIOLoopBound(self, eventLoop: eventLoop)
        let deadline = eventLoop.scheduleTask(in: timeout) {
            pending.value.end(id, .failure(.timedOut))
        }
        calls[id] = Call(promise: promise, deadline: deadline)
        return true
    }

    /// An answer to a call that waits no more is dropped.
    func end(_ id: Int64, _ outcome: Outcome) {
        guard let call = calls.removeValue(forKey: id) else { return }
        call.deadline.cancel()
        call.promise.completeWith(outcome.mapError { $0 })
    }

    private func finish(_ error: AgentClientError) {
        if ended == nil { ended = error }
        for id in calls.keys { end(id, .failure(error)) }
    }

    // MARK: The channel

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        framer.append(unwrapInboundIn(data))
        var violation: AgentClientError?
        framer.forEachPiece { piece in
            violation = answer(piece)
            return violation == nil ? .next : .pause
        }
        guard let violation else { return }
        finish(violation)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.closed)
        context.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) { finish(.closed) }

    /// Hands one line to its call; what is wrong with it, if it is none that this connection asked for.
    private func answer(_ piece: LineFramer.Piece) -> AgentClientError? {
        guard case .line(let line) = piece else { return .protocolViolation("an answer that is too long") }
        guard let frame = AnswerScanner.scan(line) else {
            return .protocolViolation("a line that is no answer")
        }
        let outcome = outcome(frame.outcome, in: line)
        let text = String(decoding: line[frame.id], as: UTF8.self)
        if let id = Int64(text) {
            end(id, outcome)
            return nil
        }
        // The daemon could not read a request of ours, or refuses the whole connection: all we know is why.
        if case .failure(let error) = outcome { return error }
        return .protocolViolation("an answer without id")
    }

    private func outcome(_ outcome: AnswerFrame.Outcome, in line: UnsafeRawBufferPointer) -> Outcome {
        switch outcome {
        case .result(let range): .success(ByteBuffer(bytes: line[range]))
        case .error(let range): .failure(AnswerDecoder.error(UnsafeRawBufferPointer(rebasing: line[range])))
        }
    }
}
