import AgentProtocol
import NIOCore

/// Several requests on one line, answered on one line in the same order.
struct Batch: Sendable {
    enum Entry: Sendable {
        case call(Call)
        case failure(RPCError)
    }

    let entries: [Entry]

    var isBulky: Bool {
        entries.contains { if case .call(let call) = $0 { call.isBulky } else { false } }
    }

    /// One after another, as they stand: whoever batches a create and a verify means them in that order.
    /// A batch with several that were wrong is held back for the longest of them, and not for their sum.
    func answer(by dispatcher: Dispatcher) async -> (ByteBuffer, delay: Duration) {
        var batch = AnswerBatch()
        var delay = Duration.zero
        for entry in entries {
            var piece = ByteBuffer()
            switch entry {
            case .call(let call):
                delay = max(delay, await dispatcher.answer(call, ending: .piece, into: &piece))
            case .failure(let error): AnswerWriter.error(id: nil, error, ending: .piece, into: &piece)
            }
            if piece.readableBytes > 0 { batch.append(piece) }
        }
        var line = ByteBuffer()
        batch.write(into: &line)
        return (line, delay)
    }
}
