import Synchronization

/// The first of several answers, for the one who waits for it. Later ones are dropped.
final class FirstAnswer<Answer: Sendable>: Sendable {
    private enum State {
        case nothing
        case awaited(CheckedContinuation<Answer, Never>)
        case given(Answer)
        case taken
    }

    private let state = Mutex(State.nothing)

    func give(_ answer: Answer) {
        let waiting: CheckedContinuation<Answer, Never>? = state.withLock { state in
            switch state {
            case .nothing: state = .given(answer)
            case .awaited(let waiting):
                state = .taken
                return waiting
            case .given, .taken: break
            }
            return nil
        }
        waiting?.resume(returning: answer)
    }

    /// To be asked once.
    var value: Answer {
        get async {
            await withCheckedContinuation { continuation in
                let given: Answer? = state.withLock { state in
                    if case .given(let answer) = state {
                        state = .taken
                        return answer
                    }
                    state = .awaited(continuation)
                    return nil
                }
                if let given { continuation.resume(returning: given) }
            }
        }
    }
}
