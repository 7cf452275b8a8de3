public import AgentProtocol
internal import NIOCore

/// The daemon, as a service has it: one object for the whole process, which any number of tasks call.
///
/// They share one connection, on which requests are pipelined. It is made at the first call, and made anew at
/// the next call after it ended. What was in flight then fails with `closed`, except what is safe to send
/// again: everything that only reads, `verify` first of all, and what carries an idempotency key. That is
/// sent again, once, within the same deadline, and as often as a daemon that stops refuses it. Nothing else
/// is ever sent twice.
///
/// While nobody listens, attempts are 10 ms apart at first, then twice as long each time up to a second,
/// less a share of chance of up to half. Only a call that waits makes them.
///
/// Events have a connection of their own: `AgentEvents`.
public final class SharedClient: Sendable {
    private let deadline: TimeAmount
    private let shared: SharedConnection

    /// Connects to nothing yet.
    /// - Parameters:
    ///   - socketPath: the daemon's Unix socket.
    ///   - deadline: how long a call lasts at most, connecting and sending again included, unless it has a
    ///     deadline of its own.
    ///   - patience: how much of its deadline a call waits for somebody to listen at the socket.
    public init(
        socketPath: String, deadline: Duration = AgentConnection.defaultTimeout,
        patience: Duration = .seconds(5)
    ) {
        self.deadline = deadline.timeAmount
        shared = SharedConnection(path: socketPath, patience: patience)
    }

    /// Where calls cost least: the thread that reads the answers. A task that prefers it, as by
    /// `withTaskExecutorPreference(client.executor)` or `group.addTask(executorPreference: client.executor)`,
    /// goes on there without a change of thread, and what such tasks ask in one go leaves in one write.
    ///
    /// Only for tasks that do little between their calls: while one of them computes or blocks, no answer is
    /// read.
    public var executor: any TaskExecutor { shared.loop }

    /// Calls the method that these params belong to.
    ///
    /// Throws `noDaemon` when nobody listened in time, `closed` when the connection ended under the call,
    /// `timedOut` at the deadline (an answer that comes later is dropped), and `refused` with the daemon's
    /// own error. After `closed` and `timedOut` it is not known whether the request was carried out.
    public nonisolated(nonsending) func call<P: MethodParams>(
        _ params: P, as credentials: Credentials? = nil, deadline: Duration? = nil
    ) async throws(AgentClientError) -> P.Answer {
        let end = NIODeadline.now() + (deadline?.timeAmount ?? self.deadline)
        return try await perform(params.isSafeToRepeat, until: end) { connection throws(CallFailure) in
            try await connection.attempt(params, as: credentials, until: end)
        }
    }

    /// On the connection that there is, or a new one, and a second time when that is safe.
    @inline(__always)
    private nonisolated(nonsending) func perform<Answer>(
        _ isSafeToRepeat: Bool, until end: NIODeadline,
        _ attempt: nonisolated(nonsending) (AgentConnection) async throws(CallFailure) -> Answer
    ) async throws(AgentClientError) -> Answer {
        var maySendAgain = isSafeToRepeat
        var refusals = 0
        while true {
            let connection: AgentConnection
            if let current = shared.current {
                connection = current
            } else {
                connection = try await shared.connection(until: end)
            }
            do throws(CallFailure) {
                return try await attempt(connection)
            } catch {
                shared.forget(connection, after: error)
                switch error {
                case .unsent: break
                case .failed(.closed) where maySendAgain:
                    maySendAgain = false
                    // A daemon that stops may still be listening when it hangs up.
                    try await pause(after: 1, until: end, because: .closed)
                // What is not safe to repeat is better left with an answer that says that it was not done:
                // the next connection may end without one.
                case .failed(let reason) where isSafeToRepeat && reason.isShuttingDown:
                    refusals += 1
                    try await pause(after: refusals, until: end, because: reason)
                case .failed(let reason): throw reason
                }
            }
        }
    }

    private nonisolated(nonsending) func pause(
        after failures: Int, until end: NIODeadline, because reason: AgentClientError
    ) async throws(AgentClientError) {
        let pause = Backoff.delay(after: failures, chance: .random(in: 0..<1))
        guard NIODeadline.now() + pause.timeAmount < end else { throw reason }
        do { try await Task.sleep(for: pause) } catch { throw .cancelled }
    }

    /// Is this token good, for this use? A token that is not is an answer, and no error.
    ///
    /// `flags` are all required, `write` asks for a token that may write; what is nil is not asked for.
    /// A task that is cancelled while it waits hears of it within 10 ms.
    public nonisolated(nonsending) func verify(
        token: String, audience: String? = nil, flags: [String]? = nil, write: Bool? = nil,
        deadline: Duration? = nil
    ) async throws(AgentClientError) -> TokenVerify.Answer {
        let params = TokenVerify(token: Secret(token), audience: audience, flags: flags, write: write)
        let now = NIODeadline.now()
        let end = now + (deadline?.timeAmount ?? self.deadline)
        return try await perform(true, until: end) { connection throws(CallFailure) in
            try await connection.verdict(params, from: now, until: end)
        }
    }

    /// Are these tokens good, for this use? The answers, in the order of the tokens.
    ///
    /// As `verify` for each of them, at a fraction of the cost: the task goes on once, when all are answered.
    /// Some are in flight at a time. An error in place of an answer is thrown for all of them.
    public nonisolated(nonsending) func verify(
        tokens: [String], audience: String? = nil, flags: [String]? = nil, write: Bool? = nil,
        deadline: Duration? = nil
    ) async throws(AgentClientError) -> [TokenVerify.Answer] {
        let demand = TokenVerify(token: Secret(""), audience: audience, flags: flags, write: write)
        let end = NIODeadline.now() + (deadline?.timeAmount ?? self.deadline)
        return try await perform(true, until: end) { connection throws(CallFailure) in
            try await connection.verdicts(tokens, demand, until: end)
        }
    }

    /// Ends it for good: calls that wait, and all later ones, fail with `closed`.
    public func close() async { await shared.close() }
}
