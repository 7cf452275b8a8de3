internal import AgentProtocol
internal import NIOCore

/// A call that waits for its answer.
///
/// A verdict is waited for in two turns. In the first its task's cancellation is not heard of: that would
/// cost a tenth of a verify, and nearly all answers come sooner than `unwatched`. Who has none by then
/// waits on, and hears of it.
struct PendingCall {
    /// A result's JSON, as the daemon wrote it.
    typealias Outcome = Result<ByteBuffer, CallFailure>

    enum Waiter {
        case text(UnsafeContinuation<Outcome, Never>)
        /// Fails with a `CallFailure`. Resumed with nil, it is to wait on.
        case verdict(UnsafeContinuation<TokenVerify.Answer?, any Error>)
        /// It has been told to wait on, and is about to; what came meanwhile.
        indirect case away(Outcome?)
    }

    /// Nanoseconds.
    private static let unwatched: UInt64 = 5_000_000

    /// That long after `now`, or up to twice as long: those who began in the same moment are told to wait on
    /// together, however many they are.
    static func endOfUnwatched(from now: NIODeadline) -> NIODeadline {
        .uptimeNanoseconds((now.uptimeNanoseconds / unwatched + 2) * unwatched)
    }

    let id: Int64
    let waiter: Waiter
    let deadline: NIODeadline
    /// nil when it hears of its task's cancellation.
    var unwatchedUntil: NIODeadline?

    func away(with outcome: Outcome?) -> Self {
        Self(id: id, waiter: .away(outcome), deadline: deadline)
    }
}

extension PendingCall.Waiter {
    /// Nothing, for one that is away.
    func end(_ outcome: PendingCall.Outcome) {
        switch self {
        case .text(let continuation): continuation.resume(returning: outcome)
        case .verdict(let continuation):
            do throws(CallFailure) {
                continuation.resume(returning: try AnswerDecoder.verdict(outcome))
            } catch {
                continuation.resume(throwing: error)
            }
        case .away: break
        }
    }
}
