import AgentProtocol
import NIOCore

/// Several requests on one line, answered on one line in the same order.
struct Batch: Sendable {
    enum Entry: Sendable {
        case call(Call)
        case failure(RPCError)
    }

    let entries: [Entry]

    /// One after another, as they stand: whoever batches a create and a verify means them in that order.
    func answer(by dispatcher: Dispatcher) async -> ByteBuffer {
        var batch = AnswerBatch()
        for entry in entries {
            var piece = ByteBuffer()
            switch entry {
            case .call(let call): await dispatcher.answer(call, ending: .piece, into: &piece)
            case .failure(let error): AnswerWriter.error(id: nil, error, ending: .piece, into: &piece)
            }
            if piece.readableBytes > 0 { batch.append(piece) }
        }
        var line = ByteBuffer()
        batch.write(into: &line)
        return line
    }
}
