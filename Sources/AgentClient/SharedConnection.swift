internal import NIOCore
internal import Synchronization

/// The one connection of a client: made when a call needs it, by whoever comes first, for all that wait.
final class SharedConnection: Sendable {
    private struct State {
        var connection: AgentConnection?
        var attempt: EventLoopFuture<AgentConnection>?
        var failures = 0
        /// Why the last attempt failed, and when the next one may be made.
        var lastFailure: (reason: AgentClientError, retryAt: NIODeadline)?
        var isClosed = false
    }

    private enum Step {
        case use(AgentConnection)
        case join(EventLoopFuture<AgentConnection>)
        case sleep(until: NIODeadline, because: AgentClientError)
        case refuse
    }

    private let path: String
    private let patience: Duration
    let loop = ClientLoop()
    private let state = Mutex(State())

    init(path: String, patience: Duration) {
        self.path = path
        self.patience = patience
    }

    /// The one that there is; it may have ended.
    var current: AgentConnection? { state.withLock { $0.connection } }

    /// What the call on it failed by may tell that it has ended, or is about to: those that wait on it keep
    /// it until then.
    func forget(_ connection: AgentConnection, after failure: CallFailure) {
        guard failure.isOfConnection else { return }
        state.withLock { state in
            if state.connection === connection { state.connection = nil }
        }
    }

    func connection(until deadline: NIODeadline) async throws(AgentClientError) -> AgentConnection {
        let end = min(deadline, .now() + patience.timeAmount)
        while true {
            switch step(now: .now()) {
            case .use(let connection): return connection
            case .refuse: throw .closed
            case .join(let attempt):
                do {
                    return try await attempt.value(until: end)
                } catch {
                    switch error {
                    // The next step says how long to wait.
                    case .noDaemon, .busy: continue
                    // Why there was none before says more than that time ran out meanwhile.
                    case .timedOut: throw state.withLock { $0.lastFailure?.reason } ?? late(end < deadline)
                    default: throw error
                    }
                }
            case .sleep(let retryAt, let reason):
                // Nothing more will be known before this call has to end.
                guard retryAt < end else { throw reason }
                do { try await Task.sleep(for: Duration(retryAt - .now())) } catch { throw .cancelled }
            }
        }
    }

    /// There was no attempt yet that failed: the machine has other things to do.
    private func late(_ isPatienceOver: Bool) -> AgentClientError {
        guard isPatienceOver else { return .timedOut }
        return .noDaemon(path: path, reason: "nobody has answered within \(patience)")
    }

    func close() async {
        let connection = state.withLock { state in
            state.isClosed = true
            defer { state.connection = nil }
            return state.connection
        }
        await connection?.close()
    }

    private func step(now: NIODeadline) -> Step {
        let (step, isMine) = state.withLock { state -> (Step, Bool) in
            if state.isClosed { return (.refuse, false) }
            if let connection = state.connection {
                if connection.isOpen { return (.use(connection), false) }
                state.connection = nil
            }
            if let attempt = state.attempt { return (.join(attempt), false) }
            if let failure = state.lastFailure, now < failure.retryAt {
                return (.sleep(until: failure.retryAt, because: failure.reason), false)
            }
            let attempt = AgentConnection.connecting(path: path, timeout: patience, on: loop)
            state.attempt = attempt
            return (.join(attempt), true)
        }
        // Not under the lock: an attempt that is over already calls back at once. Before any call joins it
        // here, so that those find the state as it became.
        if isMine, case .join(let attempt) = step { attempt.whenComplete { self.note($0) } }
        return step
    }

    private func note(_ outcome: Result<AgentConnection, any Error>) {
        state.withLock { state in
            state.attempt = nil
            switch outcome {
            case .success(let connection):
                state.failures = 0
                state.lastFailure = nil
                // Letting go of it closes it.
                if !state.isClosed { state.connection = connection }
            case .failure(let error):
                let delay = Backoff.delay(after: state.failures, chance: .random(in: 0..<1))
                state.failures += 1
                let reason = AgentClientError(connecting: path, error)
                state.lastFailure = (reason, .now() + delay.timeAmount)
            }
        }
    }
}

/// How long after a failed attempt the next one is made.
enum Backoff {
    /// 10 ms, 20 ms, 40 ms … up to a second, less up to half of it: many clients of a daemon that starts do
    /// not come at once.
    static func delay(after failures: Int, chance: Double) -> Duration {
        let full = min(10 << min(failures, 7), 1000)
        return .milliseconds(full) * (1 - chance / 2)
    }
}

extension EventLoopFuture where Value: Sendable {
    /// The value, unless time runs out or the caller's task is cancelled first. The work itself goes on.
    fileprivate func value(until deadline: NIODeadline) async throws(AgentClientError) -> Value {
        let promise = eventLoop.makePromise(of: Value.self)
        cascade(to: promise)
        let timer = eventLoop.scheduleTask(deadline: deadline) {
            promise.fail(AgentClientError.timedOut)
        }
        defer { timer.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                promise.fail(AgentClientError.cancelled)
            }
        } catch let error as AgentClientError {
            throw error
        } catch {
            throw .closed
        }
    }
}
