internal import AgentProtocol
internal import NIOCore

/// Cuts what comes on a connection into lines, and hands each to its call.
final class AnswerReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let calls: PendingCalls
    private var framer = LineFramer(lineBytesMax: Limits.answerLineBytesMax)

    init(_ calls: PendingCalls) { self.calls = calls }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        calls.loop.beginTurn()
        framer.append(unwrapInboundIn(data))
        var violation: AgentClientError?
        framer.forEachPiece { piece in
            violation = answer(piece)
            return violation == nil ? .next : .pause
        }
        guard let violation else { return }
        calls.end(violation)
        context.close(promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) { calls.loop.turn() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        calls.end(.closed)
        context.close(promise: nil)
    }

    /// What ended the connection has said why before, if there is more to say.
    func handlerRemoved(context: ChannelHandlerContext) {
        calls.end(.closed)
        // A read that was not completed leaves its turn to be taken.
        let loop = calls.loop
        context.eventLoop.execute { loop.turn() }
    }

    /// Hands one line to its call; what is wrong with it, if it is none that this connection asked for.
    private func answer(_ piece: LineFramer.Piece) -> AgentClientError? {
        guard case .line(let line) = piece else { return .protocolViolation("an answer that is too long") }
        if let (id, verdict) = VerdictScanner.scan(line), calls.isDone(id, by: verdict) { return nil }
        guard let frame = AnswerScanner.scan(line) else {
            return .protocolViolation("a line that is no answer")
        }
        let outcome = outcome(frame.outcome, in: line)
        if let id = Int64(String(decoding: line[frame.id], as: UTF8.self)) {
            // An answer to a call that waits no more is dropped.
            calls.end(id, outcome)
            return nil
        }
        // The daemon could not read a request of ours, or refuses the whole connection: all we know is why.
        if case .failure(let failure) = outcome { return failure.reason }
        return .protocolViolation("an answer without id")
    }

    private func outcome(
        _ outcome: AnswerFrame.Outcome, in line: UnsafeRawBufferPointer
    ) -> PendingCalls.Outcome {
        switch outcome {
        case .result(let range): .success(.text(ByteBuffer(bytes: line[range])))
        case .error(let range):
            .failure(.failed(AnswerDecoder.error(UnsafeRawBufferPointer(rebasing: line[range]))))
        }
    }
}
