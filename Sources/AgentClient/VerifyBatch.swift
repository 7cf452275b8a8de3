internal import AgentProtocol
internal import NIOCore
internal import Synchronization

/// The tokens that one call asks about: some of them are in flight at a time, and answers let the next
/// follow, without a task that goes on in between.
///
/// Their ids follow each other, so none of them needs a place among the calls.
final class VerifyBatch: Sendable {
    typealias Outcome = Result<[TokenVerify.Answer], CallFailure>

    private struct State {
        /// So many have been asked about, and so many answered.
        var asked = 0
        var answered = 0
        var answers: [TokenVerify.Answer]
        var isAnswered: [Bool]
        /// nil once it has ended.
        var continuation: UnsafeContinuation<Outcome, Never>?

        func isAsking(_ index: Int) -> Bool { index < asked && !isAnswered[index] }
    }

    /// Enough to keep the daemon busy.
    private static let inFlightMax = 64
    /// So many follow at once while more is read: the daemon answers them meanwhile. With more of them the
    /// one side waits for the other, with fewer the kernel takes more than they do (docs/performance.md).
    private static let groupMax = 8

    let deadline: NIODeadline
    private let tokens: [String]
    private let demand: RequestWriter.Demand
    private let calls: PendingCalls
    private let firstID: Int64
    private let state: Mutex<State>

    /// `demand` is asked of all of them.
    init(_ tokens: [String], demand: TokenVerify, until deadline: NIODeadline, of calls: PendingCalls) {
        self.tokens = tokens
        self.demand = RequestWriter.Demand(demand)
        self.deadline = deadline
        self.calls = calls
        firstID = calls.nextIDs(tokens.count)
        // What was forgotten would be refused.
        let answers = [TokenVerify.Answer](repeating: .inactive(.unknown), count: tokens.count)
        let isAnswered = [Bool](repeating: false, count: tokens.count)
        state = Mutex(State(answers: answers, isAnswered: isAnswered))
    }

    func begin(_ continuation: UnsafeContinuation<Outcome, Never>) {
        guard !tokens.isEmpty else { return continuation.resume(returning: .success([])) }
        state.withLock { $0.continuation = continuation }
        if let failure = calls.begin(self) { return end(failure) }
        askMore()
    }

    /// nil when it is none of its ids.
    func index(of id: Int64) -> Int? {
        let index = id &- firstID
        return index >= 0 && index < tokens.count ? Int(index) : nil
    }

    /// Whether the one at that place has been asked about, and not answered.
    func isAsking(_ index: Int) -> Bool { state.withLock { $0.isAsking(index) } }

    /// The one at that place is answered by what `read` returns; false when that is nil. What was answered
    /// before, or is not asked about yet, is not read.
    func take(at index: Int, _ read: () -> TokenVerify.Answer?) -> Bool {
        enum Step {
            case refuse, wait, ask(Range<Int>)
            case end(UnsafeContinuation<Outcome, Never>, [TokenVerify.Answer])
        }
        let step = state.withLock { state -> Step in
            guard state.isAsking(index) else { return .wait }
            guard let answer = read() else { return .refuse }
            state.answers[index] = answer
            state.isAnswered[index] = true
            state.answered += 1
            if state.answered == tokens.count {
                guard let continuation = state.continuation.take() else { return .wait }
                return .end(continuation, state.answers)
            }
            guard state.asked - state.answered <= Self.inFlightMax - Self.groupMax else { return .wait }
            return .ask(next(&state))
        }
        switch step {
        case .refuse: return false
        case .wait: break
        case .ask(let range): ask(range)
        case .end(let continuation, let answers):
            calls.forget(self)
            continuation.resume(returning: .success(answers))
        }
        return true
    }

    /// One of them has failed, and all of them with it.
    func end(_ failure: CallFailure) {
        guard let continuation = state.withLock({ $0.continuation.take() }) else { return }
        calls.forget(self)
        continuation.resume(returning: .failure(failure))
    }

    /// As many as there is room for.
    func askMore() { ask(state.withLock { next(&$0) }) }

    private func next(_ state: inout State) -> Range<Int> {
        let first = state.asked
        guard state.continuation != nil else { return first..<first }
        state.asked = min(tokens.count, state.answered + Self.inFlightMax)
        return first..<state.asked
    }

    private func ask(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        let failure = calls.request(range.count, leavingAt: Self.groupMax) { buffer in
            for index in range {
                let id = firstID &+ Int64(index)
                let failure = RequestEncoder.write(tokens[index], demand, id: id, into: &buffer)
                if let failure { return failure }
            }
            return nil
        }
        if let failure { end(failure) }
    }
}
