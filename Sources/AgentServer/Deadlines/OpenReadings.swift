import AgentProtocol
import Synchronization

/// The requests that read directories, or all of the audit trail, for as long as that takes, so that they can
/// be called off at the end.
final class OpenReadings: Sendable {
    private struct State {
        var tasks: [Int: Task<Race.Answer, Never>] = [:]
        var lastNumber = 0
        var isOver = false
    }

    private let state = Mutex(State())

    /// What `work` answers. Called off, `shuttingDown`, unless something was done all the same.
    func answer(
        changesSomething: Bool, _ work: @escaping Race.Work
    ) async throws(RPCError) -> any Encodable & Sendable {
        guard let (number, task) = begin(work) else { throw .shuttingDown() }
        let answer = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        guard end(number) else { return try answer.get() }
        switch answer {
        case .success(let result) where changesSomething: return result
        case .failure(let error) where !isOfTheEnd(error, changesSomething): throw error
        default: throw .shuttingDown()
        }
    }

    /// A reading that is called off fails as one does whose directory or database cannot be read. Whether
    /// something was done before is for the error to say, where something may have been.
    private func isOfTheEnd(_ error: RPCError, _ changesSomething: Bool) -> Bool {
        switch error.known {
        case .directoryUnavailable: true
        case .storageUnavailable, .internalError: !changesSomething
        default: false
        }
    }

    /// Those under way end as soon as they can, and no other begins.
    func callOff() {
        let tasks = state.withLock { state in
            state.isOver = true
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
    }

    private func begin(_ work: @escaping Race.Work) -> (Int, Task<Race.Answer, Never>)? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            let task = Task {
                do throws(RPCError) { return Race.Answer.success(try await work()) } catch {
                    return Race.Answer.failure(error)
                }
            }
            state.lastNumber += 1
            state.tasks[state.lastNumber] = task
            return (state.lastNumber, task)
        }
    }

    /// Whether it was called off.
    private func end(_ number: Int) -> Bool {
        state.withLock { state in
            state.tasks[number] = nil
            return state.isOver
        }
    }
}
