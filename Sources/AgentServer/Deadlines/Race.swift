import AgentCore
import AgentProtocol
import Synchronization

/// A request and its deadline: whichever is there first is the answer.
final class Race: Sendable {
    typealias Answer = Result<any Encodable & Sendable, RPCError>
    typealias Work = @Sendable () async throws(RPCError) -> any Encodable & Sendable

    private struct State {
        var waiting: CheckedContinuation<Answer, Never>?
        var work: Task<Void, Never>?
    }

    let due: ContinuousClock.Instant
    private let asks = DirectoryWait()
    private let state: Mutex<State>

    init(_ waiting: CheckedContinuation<Answer, Never>, due: ContinuousClock.Instant) {
        self.due = due
        state = Mutex(State(waiting: waiting))
    }

    var isOver: Bool { state.withLock { $0.waiting == nil } }

    func run(_ work: @escaping Work, on executor: (any TaskExecutor)?) {
        let task = Task(executorPreference: executor) { [asks] in
            let answer = await DirectoryWait.$current.withValue(asks) {
                do throws(RPCError) { return Answer.success(try await work()) } catch {
                    return Answer.failure(error)
                }
            }
            self.end(answer)
        }
        let isOver = state.withLock { state in
            if state.waiting != nil { state.work = task }
            return state.waiting == nil
        }
        // Its time was over before it began: nobody else can cancel it. What is done does not mind.
        if isOver { task.cancel() }
    }

    /// Says why, unless the answer is there.
    func giveUp(after span: Duration) {
        let error: RPCError
        if let directory = asks.directory {
            error = .directoryUnavailable("\(directory) has not answered within \(span)")
        } else {
            error = .limitExceeded("not done within \(span); what it changes may still be done")
        }
        end(.failure(error))?.cancel()
    }

    /// The work, if this ended it.
    @discardableResult
    private func end(_ answer: Answer) -> Task<Void, Never>? {
        let (waiting, work) = state.withLock { state in
            defer { state = State() }
            return (state.waiting, state.work)
        }
        waiting?.resume(returning: answer)
        return work
    }
}
