internal import AgentProtocol
internal import NIOCore
internal import Synchronization

/// The tokens that one call asks about: some of them are in flight at a time, and each answer lets the next
/// follow, without a task that goes on in between.
final class VerifyBatch: Sendable {
    typealias Outcome = Result<[TokenVerify.Answer], CallFailure>

    private struct State {
        var next = 0
        var left: Int
        var answers: [TokenVerify.Answer]
        /// nil once it has ended.
        var continuation: UnsafeContinuation<Outcome, Never>?
    }

    /// Enough to keep the daemon busy.
    private static let inFlightMax = 64

    private let tokens: [String]
    private let demand: TokenVerify
    private let deadline: NIODeadline
    private let calls: PendingCalls
    private let state: Mutex<State>

    /// `demand` is asked of all of them.
    init(_ tokens: [String], demand: TokenVerify, until deadline: NIODeadline, of calls: PendingCalls) {
        self.tokens = tokens
        self.demand = demand
        self.deadline = deadline
        self.calls = calls
        // What was forgotten would be refused.
        let answers = [TokenVerify.Answer](repeating: .inactive(.unknown), count: tokens.count)
        state = Mutex(State(left: tokens.count, answers: answers))
    }

    func begin(_ continuation: UnsafeContinuation<Outcome, Never>) {
        guard !tokens.isEmpty else { return continuation.resume(returning: .success([])) }
        let first = min(tokens.count, Self.inFlightMax)
        state.withLock { state in
            state.continuation = continuation
            state.next = first
        }
        for index in 0..<first { ask(index) }
    }

    /// The one at that place has been answered, or has failed, and all of them with it.
    func end(_ index: Int, _ outcome: PendingCalls.Outcome) {
        do throws(CallFailure) {
            take(try outcome.get().verdict(), at: index)
        } catch {
            end(error)
        }
    }

    func end(_ failure: CallFailure) {
        let continuation = state.withLock { $0.continuation.take() }
        continuation?.resume(returning: .failure(failure))
    }

    /// That one's answer; the next one is asked about.
    func take(_ answer: consuming TokenVerify.Answer, at index: Int) {
        enum Step {
            case wait, ask(Int)
            case end(UnsafeContinuation<Outcome, Never>, [TokenVerify.Answer])
        }
        let step = state.withLock { state -> Step in
            guard let continuation = state.continuation else { return .wait }
            state.answers[index] = answer
            state.left -= 1
            if state.left == 0 {
                state.continuation = nil
                return .end(continuation, state.answers)
            }
            guard state.next < tokens.count else { return .wait }
            defer { state.next += 1 }
            return .ask(state.next)
        }
        switch step {
        case .wait: break
        case .ask(let next): ask(next)
        case .end(let continuation, let answers): continuation.resume(returning: .success(answers))
        }
    }

    private func ask(_ index: Int) {
        let call = PendingCalls.Call(waiter: .batch(self, index), deadline: deadline)
        calls.begin(calls.nextID(), call) { requests, id in
            RequestEncoder.write(demand, of: tokens[index], id: id, into: &requests)
        }
    }
}
