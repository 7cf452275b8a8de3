import AgentProtocol
import NIOCore

/// Answers of one connection that are held back for a while, in their order.
///
/// Their number is bounded by letting the oldest go before its time: a delay must never cost memory, nor be
/// in the way of what else is asked.
struct HeldAnswers {
    private var waiting: CircularBuffer<(due: ContinuousClock.Instant, answer: ByteBuffer)> = []

    var isEmpty: Bool { waiting.isEmpty }

    /// When there is something to be sent.
    var nextDue: ContinuousClock.Instant? { waiting.first?.due }

    mutating func hold(_ answer: ByteBuffer, until due: ContinuousClock.Instant) {
        // In their order: none overtakes one that came before.
        waiting.append((max(due, waiting.last?.due ?? due), answer))
    }

    /// What may leave by now, or has to make room.
    mutating func take(at now: ContinuousClock.Instant, into answers: inout ByteBuffer) {
        while let first = waiting.first, first.due <= now || waiting.count > Limits.refusalsHeldMax {
            answers.writeImmutableBuffer(first.answer)
            waiting.removeFirst()
        }
    }

    mutating func takeAll(into answers: inout ByteBuffer) {
        for (_, answer) in waiting { answers.writeImmutableBuffer(answer) }
        waiting.removeAll()
    }
}
