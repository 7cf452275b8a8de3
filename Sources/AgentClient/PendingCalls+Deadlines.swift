internal import NIOCore
internal import Synchronization

/// On the event loop.
extension PendingCalls {
    /// Has those looked after that are due by then.
    func arm(_ due: NIODeadline) {
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
        let (calls, unwatched, batches, next) = state.withLock { state in
            var next = NIODeadline.distantFuture
            func isOver(_ deadline: NIODeadline) -> Bool {
                if deadline > now { next = min(next, deadline) }
                return deadline <= now
            }
            let calls = state.takeOut(because: .timedOut) { isOver($0.deadline) }
            let unwatched = state.calls.removeAll { $0.unwatchedUntil.map(isOver) ?? false }
            for call in unwatched { state.calls.insert(call.away(with: nil), id: call.id) }
            let batches = state.batches.filter { isOver($0.deadline) }
            (state.earliest, state.timerDue) = (next, next)
            return (calls, unwatched, batches, next)
        }
        if next < .distantFuture { arm(next) }
        for call in calls { call.waiter.end(.failure(.failed(.timedOut))) }
        for case .verdict(let continuation) in unwatched.lazy.map(\.waiter) {
            continuation.resume(returning: nil)
        }
        for batch in batches { batch.end(.failed(.timedOut)) }
        // Who does not even read what is asked, as a daemon that was stopped, would be kept more and more
        // requests for, whose callers have all gone.
        if !channel.isWritable, !calls.isEmpty || !batches.isEmpty { close() }
    }
}
