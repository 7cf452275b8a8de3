internal import AgentProtocol
internal import NIOCore
internal import Synchronization

/// The calls of one connection that wait for an answer, and the requests that are to be written.
///
/// Every call that is taken in is ended exactly once: by its answer, its deadline, its caller's cancellation,
/// or the end of the connection.
final class PendingCalls: Sendable {
    /// Who gets a verdict.
    enum Taker {
        /// Its call waits no more.
        case nobody
        /// Its call is to have its text.
        case text
        case call(UnsafeContinuation<TokenVerify.Answer?, any Error>)
        case batch(VerifyBatch, Int)
    }

    struct State {
        var calls = CallTable<PendingCall>()
        var batches: [VerifyBatch] = []
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

        /// Why nothing more is taken in. Whoever cancels a call from now on finds it.
        var refusal: CallFailure? {
            if let ended { return .unsent(ended) }
            return Task.isCancelled ? .failed(.cancelled) : nil
        }

        /// Takes out the calls of which it is true. One that is away finds the reason when it comes back.
        mutating func takeOut(
            because reason: AgentClientError, where isOver: (PendingCall) -> Bool
        ) -> [PendingCall] {
            calls.removeAll(where: isOver).filter { call in
                guard case .away(let outcome) = call.waiter else { return true }
                calls.insert(call.away(with: outcome ?? .failure(.failed(reason))), id: call.id)
                return false
            }
        }

        func batch(of id: Int64) -> (VerifyBatch, Int)? {
            for batch in batches {
                if let index = batch.index(of: id) { return (batch, index) }
            }
            return nil
        }

        /// So many more are to be written: at once, where that can be done, when they are enough.
        mutating func requested(_ count: Int, leavingAt most: Int, on loop: any EventLoop) -> Step {
            requestsCount += count
            if requestsCount >= most, loop.inEventLoop { return .write }
            if isFlushDue { return .wait }
            isFlushDue = true
            return .flushSoon
        }
    }

    enum Step {
        case wait, write, flushSoon
        case end(CallFailure)
    }

    /// So many leave before the turn is over: the daemon answers them while the others are made.
    private static let requestsMax = 32
    /// Memory that is kept for the next requests.
    private static let keptBytesMax = 32768

    let loop: ClientLoop
    let channel: any Channel
    private let lastID = Atomic<Int64>(0)
    let state = Mutex(State())

    init(channel: any Channel, loop: ClientLoop) {
        self.channel = channel
        self.loop = loop
    }

    // MARK: Any thread

    func nextID() -> Int64 { nextIDs(1) }

    /// The first of so many that follow each other.
    func nextIDs(_ count: Int) -> Int64 {
        lastID.wrappingAdd(Int64(count), ordering: .relaxed).oldValue &+ 1
    }

    /// Takes the call in, and has its request written; `spell` says why it cannot be.
    func begin(_ call: PendingCall, spell: (inout ByteBuffer) -> AgentClientError?) {
        let step = state.withLock { state -> Step in
            if let failure = state.refusal { return .end(failure) }
            if let failure = spell(&state.requests) { return .end(.failed(failure)) }
            state.calls.insert(call, id: call.id)
            state.earliest = min(state.earliest, call.unwatchedUntil ?? call.deadline)
            return state.requested(1, leavingAt: Self.requestsMax, on: loop.eventLoop)
        }
        if let failure = take(step) { call.waiter.end(.failure(failure)) }
    }

    /// Takes a batch in; why it cannot be.
    func begin(_ batch: VerifyBatch) -> CallFailure? {
        state.withLock { state in
            if let failure = state.refusal { return failure }
            state.batches.append(batch)
            state.earliest = min(state.earliest, batch.deadline)
            return nil
        }
    }

    /// Has so many requests of a batch written; why they cannot be.
    func request(
        _ count: Int, leavingAt most: Int, spell: (inout ByteBuffer) -> AgentClientError?
    ) -> CallFailure? {
        let step = state.withLock { state -> Step in
            if let ended = state.ended { return .end(.failed(ended)) }
            if let failure = spell(&state.requests) { return .end(.failed(failure)) }
            return state.requested(count, leavingAt: most, on: loop.eventLoop)
        }
        return take(step)
    }

    private func take(_ step: Step) -> CallFailure? {
        switch step {
        case .wait: break
        case .write: write()
        case .flushSoon: loop.flushSoon(self)
        case .end(let failure): return failure
        }
        return nil
    }

    func forget(_ batch: VerifyBatch) {
        state.withLock { $0.batches.removeAll { $0 === batch } }
    }

    /// An answer to a call that waits no more is dropped.
    func end(_ id: Int64, _ outcome: PendingCall.Outcome) {
        let (call, batch) = state.withLock { state -> (PendingCall?, (VerifyBatch, Int)?) in
            guard let call = state.calls.remove(id) else { return (nil, state.batch(of: id)) }
            guard case .away(let former) = call.waiter else { return (call, nil) }
            state.calls.insert(call.away(with: former ?? outcome), id: id)
            return (nil, nil)
        }
        if let call { return call.waiter.end(outcome) }
        guard let (batch, index) = batch, batch.isAsking(index) else { return }
        do throws(CallFailure) {
            let verdict = try AnswerDecoder.verdict(outcome)
            _ = batch.take(at: index) { verdict }
            batch.askMore()
        } catch {
            batch.end(error)
        }
    }

    /// A call that was told to wait on does so, and hears of its task's cancellation.
    func wait(_ id: Int64, _ continuation: UnsafeContinuation<TokenVerify.Answer?, any Error>) {
        let waiter = PendingCall.Waiter.verdict(continuation)
        let outcome = state.withLock { state -> PendingCall.Outcome? in
            guard let call = state.calls.remove(id), case .away(let outcome) = call.waiter else {
                return .failure(.failed(.closed))
            }
            if outcome == nil {
                state.calls.insert(PendingCall(id: id, waiter: waiter, deadline: call.deadline), id: id)
            }
            return outcome
        }
        if let outcome { waiter.end(outcome) }
    }

    /// A call that takes a verdict waits no more.
    func taker(of id: Int64) -> Taker {
        state.withLock { state in
            guard let call = state.calls.remove(id) else {
                return state.batch(of: id).map { .batch($0, $1) } ?? .nobody
            }
            if case .verdict(let continuation) = call.waiter { return .call(continuation) }
            state.calls.insert(call, id: id)
            return .text
        }
    }

    /// Ends all, and those that come later.
    func end(_ error: AgentClientError) {
        let (calls, batches, timer) = state.withLock { state in
            if state.ended == nil { state.ended = error }
            defer { state.timer = nil }
            return (state.takeOut(because: error) { _ in true }, state.batches, state.timer)
        }
        timer?.cancel()
        for call in calls { call.waiter.end(.failure(.failed(error))) }
        for batch in batches { batch.end(.failed(error)) }
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
        if let timerDue { arm(timerDue) }
        guard requests.readableBytes > 0 else { return }
        // A write that fails ends the connection, and with it the calls.
        channel.writeAndFlush(requests, promise: nil)
        if requests.capacity <= Self.keptBytesMax {
            requests.clear()
            state.withLock { $0.spare = requests }
        }
    }
}
