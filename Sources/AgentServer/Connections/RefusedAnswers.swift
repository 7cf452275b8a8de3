import AgentProtocol
import NIOCore

/// The answers of one read to tokens that were not good, where their uid has been wrong too often: to be held
/// back. Costs who is right nothing.
final class RefusedAnswers {
    private let uid: UInt32
    private let paces: CallerPaces
    private var answers: [(answer: ByteBuffer, delay: Duration)] = []

    init(uid: UInt32, paces: CallerPaces) {
        self.uid = uid
        self.paces = paces
    }

    /// False when the answer may leave with the others.
    func takes(_ reason: TokenVerify.Reason, id: UnsafeRawBufferPointer) -> Bool {
        guard reason == .unknown else { return false }
        let delay = paces.refusalDelay(of: uid, at: .now)
        guard delay > .zero else { return false }
        var answer = ByteBuffer()
        AnswerWriter.inactive(id: id, reason, into: &answer)
        answers.append((answer, delay))
        return true
    }

    func takeAll() -> [(answer: ByteBuffer, delay: Duration)] {
        guard !answers.isEmpty else { return [] }
        defer { answers.removeAll() }
        return answers
    }
}
