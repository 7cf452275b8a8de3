internal import AgentProtocol
internal import NIOCore
internal import Synchronization

/// The calls of one connection that wait for an answer, and the requests that are to be written.
///
/// Every call that is taken in is ended exactly once: by its answer, its deadline, its caller's cancellation,
/// or the end of the connection.
final class PendingCalls: Sendable {
    typealias Outcome = Result<Reply, CallFailure>

    struct Call {
        let waiter: Waiter
        let deadline: NIODeadline
    }

    enum Waiter {
        /// For any result's text.
        case text(UnsafeContinuation<Outcome, Never>)
        /// For a verdict, or its text.
        case verdict(UnsafeContinuation<Outcome, Never>)
        case batch(VerifyBatch, Int)
    }

    private struct State {
        var calls = CallTable<Call>()
        /// What is to be written at the end of the turn.
        var requests = ByteBuffer()
        /// How many.
        var requestsCount = 0
        var isFlushDue = false
        /// No call ends before.
        var earliest = NIODeadline.distantFuture
        var timerDue = NIODeadline.distantFuture
        var timer: Scheduled<Void>?
        /// Why the connection is no more.
        var ended: AgentClientError?
        var spare = ByteBuffer()
    }

    /// So many leave before the turn is over: the daemon answers them while the others are made.
    private static let requestsMax = 32
    /// The same of a batch's, which follow at once where tasks have to be woken up first.
    private static let batchedMax = 16
    /// Memory that is kept for the next requests.
    private static let keptBytesMax = 32768

    let loop: ClientLoop
    private let channel: any Channel
    private let lastID = Atomic<Int64>(0)
    private let state = Mutex(State())

    init(channel: any Channel, loop: ClientLoop) {
        self.channel = channel
        self.loop = loop
    }

    // MARK: Any thread

    func nextID() -> Int64 { lastID.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Takes the call in, and has its request written; `spell` says why it cannot be.
    func begin(_ id: Int64, _ call: Call, spell: (inout ByteBuffer, Int64) -> AgentClientError?) {
        enum Step {
            case wait, write, flushSoon
            case end(CallFailure)
        }
        let step = state.withLock { state -> Step in
            if let ended = state.ended { return .end(.unsent(ended)) }
            // Whoever cancels it from now on finds it.
            if Task.isCancelled { return .end(.failed(.cancelled)) }
            if let failure = spell(&state.requests, id) { return .end(.failed(failure)) }
            state.calls.insert(call, id: id)
            state.earliest = min(state.earliest, call.deadline)
            state.requestsCount += 1
            let most = if case .batch = call.waiter { Self.batchedMax } else { Self.requestsMax }
            if state.requestsCount >= most { return .write }
            if state.isFlushDue { return .wait }
            state.isFlushDue = true
            return .flushSoon
        }
        switch step {
        case .wait: break
        case .write: if loop.eventLoop.inEventLoop { self.write() }
        case .flushSoon: loop.flushSoon(self)
        case .end(let failure): call.end(.failure(failure))
        }
    }

    /// An answer to a call that waits no more is dropped.
    func end(_ id: Int64, _ outcome: Outcome) {
        let call = state.withLock { $0.calls.remove(id) }
        call?.end(outcome)
    }

    /// False when the call is to have the text of its result.
    func isDone(_ id: Int64, by verdict: consuming TokenVerify.Answer) -> Bool {
        let waiter = state.withLock { state -> Waiter? in
            guard let call = state.calls.remove(id) else { return nil }
            if case .text = call.waiter { state.calls.insert(call, id: id) }
            return call.waiter
        }
        switch waiter {
        case nil: break
        case .text: return false
        case .verdict(let continuation): continuation.resume(returning: .success(.verdict(verdict)))
        case .batch(let batch, let index): batch.take(verdict, at: index)
        }
        return true
    }

    /// Ends all, and those that come later.
    func end(_ error: AgentClientError) {
        let (calls, timer) = state.withLock { state in
            if state.ended == nil { state.ended = error }
            defer { state.timer = nil }
            return (state.calls.removeAll { _ in true }, state.timer)
        }
        timer?.cancel()
        for call in calls { call.end(.failure(.failed(error))) }
    }

    @discardableResult func close() -> EventLoopFuture<Void> { channel.close() }

    /// False once the connection has ended.
    var isOpen: Bool { channel.isActive }

    // MARK: The event loop

    /// At the end of a turn.
    func flush() {
        state.withLock { $0.isFlushDue = false }
        write()
    }

    /// Writes what is to be written, and sees to it that it is looked after the earliest deadline.
    private func write() {
        var (requests, timerDue) = state.withLock { state -> (ByteBuffer, NIODeadline?) in
            let requests = state.requests
            state.requests = state.spare
            state.spare = ByteBuffer()
            state.requestsCount = 0
            guard state.earliest < state.timerDue else { return (requests, nil) }
            state.timerDue = state.earliest
            return (requests, state.earliest)
        }
        guard requests.readableBytes > 0 else { return }
        // A write that fails ends the connection, and with it the calls.
        channel.writeAndFlush(requests, promise: nil)
        if requests.capacity <= Self.keptBytesMax {
            requests.clear()
            state.withLock { $0.spare = requests }
        }
        if let timerDue { arm(timerDue) }
    }

    private func arm(_ due: NIODeadline) {
        let timer = channel.eventLoop.scheduleTask(deadline: due) { [weak self] in
            guard let self else { return }
            expire(at: .now())
        }
        let former = state.withLock { state in
            defer { state.timer = timer }
            return state.timer
        }
        former?.cancel()
    }

    private func expire(at now: NIODeadline) {
        let (calls, next) = state.withLock { state in
            var next = NIODeadline.distantFuture
            let calls = state.calls.removeAll { call in
                if call.deadline > now { next = min(next, call.deadline) }
                return call.deadline <= now
            }
            (state.earliest, state.timerDue) = (next, next)
            return (calls, next)
        }
        if next < .distantFuture { arm(next) }
        for call in calls { call.end(.failure(.failed(.timedOut))) }
    }
}

extension PendingCalls.Call {
    fileprivate func end(_ outcome: PendingCalls.Outcome) {
        switch waiter {
        case .text(let continuation), .verdict(let continuation): continuation.resume(returning: outcome)
        case .batch(let batch, let index): batch.end(index, outcome)
        }
    }
}
