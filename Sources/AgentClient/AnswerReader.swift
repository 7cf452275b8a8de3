internal import AgentProtocol
internal import NIOCore

/// Cuts what comes on a connection into lines, and hands each to its call.
final class AnswerReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let calls: PendingCalls
    private var framer = LineFramer(lineBytesMax: Limits.answerLineBytesMax)
    /// Whose answers are being read.
    private var batch: VerifyBatch?
    /// A batch asks on while its answers are read, and a write that fails makes NIO read at once what is
    /// left: that waits here until what is being read is done with.
    private var waiting = CircularBuffer<ByteBuffer>()
    private var isReading = false

    init(_ calls: PendingCalls) { self.calls = calls }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        calls.loop.beginTurn()
        waiting.append(unwrapInboundIn(data))
        guard !isReading else { return }
        isReading = true
        defer { isReading = false }
        while let chunk = waiting.popFirst() {
            guard let violation = read(chunk) else { continue }
            waiting.removeAll()
            calls.end(violation)
            context.close(promise: nil)
        }
    }

    /// What is wrong with what was read, if anything is.
    private func read(_ chunk: ByteBuffer) -> AgentClientError? {
        framer.append(chunk)
        var violation: AgentClientError?
        framer.forEachPiece { piece in
            violation = answer(piece)
            return violation == nil ? .next : .pause
        }
        settle(nil)
        return violation
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
        if let verdict = VerdictScanner(line), isTaken(verdict) { return nil }
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

    /// False when the call is to have the answer's text, or it is spelled in another way.
    private func isTaken(_ verdict: VerdictScanner) -> Bool {
        if let batch, let index = batch.index(of: verdict.id) {
            return batch.take(at: index, verdict.answer)
        }
        guard let answer = verdict.answer() else { return false }
        switch calls.taker(of: verdict.id) {
        case .nobody: break
        case .text: return false
        case .call(let continuation): continuation.resume(returning: answer)
        case .batch(let found, let index):
            _ = found.take(at: index) { answer }
            settle(found)
        }
        return true
    }

    /// The one before goes on, and another's answers are read.
    private func settle(_ next: VerifyBatch?) {
        batch?.askMore()
        batch = next
    }

    private func outcome(
        _ outcome: AnswerFrame.Outcome, in line: UnsafeRawBufferPointer
    ) -> PendingCall.Outcome {
        switch outcome {
        case .result(let range): .success(ByteBuffer(bytes: line[range]))
        case .error(let range):
            .failure(.failed(AnswerDecoder.error(UnsafeRawBufferPointer(rebasing: line[range]))))
        }
    }
}
