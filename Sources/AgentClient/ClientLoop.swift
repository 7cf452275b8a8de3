internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// The event loop of a client's connections, and its turns.
///
/// A turn runs the tasks that prefer this executor and can go on, those that what was just read has answered
/// first of all; then what all calls have asked since the last turn leaves, in one write a connection.
final class ClientLoop: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// Whose requests are to be written.
        var askers: [PendingCalls] = []
        var isTurnDue = false
        var isTurning = false
        var spare: [UnownedJob] = []
    }

    let eventLoop: any EventLoop
    private let state = Mutex(State())

    init() { eventLoop = MultiThreadedEventLoopGroup.singleton.next() }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        soon { $0.jobs.append(job) }
    }

    /// Lets it write at the end of the turn.
    func flushSoon(_ calls: PendingCalls) {
        soon { $0.askers.append(calls) }
    }

    /// Something is read: the turn comes when all of it is.
    func beginTurn() { state.withLock { $0.isTurnDue = true } }

    /// Not within another: a write that fails reads what is left, which would begin one.
    func turn() {
        let due = state.withLock { state -> [UnownedJob]? in
            guard !state.isTurning else { return nil }
            state.isTurning = true
            let jobs = state.jobs
            state.jobs = state.spare
            state.spare = []
            return jobs
        }
        guard var jobs = due else { return }
        let executor = asUnownedTaskExecutor()
        for job in jobs { job.runSynchronously(on: executor) }
        jobs.removeAll(keepingCapacity: true)
        let askers = state.withLock { state in
            let askers = state.askers
            state.askers = []
            state.spare = jobs
            return askers
        }
        for calls in askers { calls.flush() }
        let isAgain = state.withLock { state in
            state.isTurning = false
            // What is read is not to wait for tasks that never rest.
            state.isTurnDue = !state.jobs.isEmpty || !state.askers.isEmpty
            return state.isTurnDue
        }
        if isAgain { eventLoop.execute { self.turn() } }
    }

    private func soon(_ change: (inout State) -> Void) {
        let isFirst = state.withLock { state in
            change(&state)
            defer { state.isTurnDue = true }
            return !state.isTurnDue
        }
        if isFirst { eventLoop.execute { self.turn() } }
    }
}
