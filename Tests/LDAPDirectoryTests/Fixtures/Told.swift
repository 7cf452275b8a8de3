import Synchronization
import TokenCore

/// Change sets as they come in, with the moment each did.
final class Told: Sendable {
    private struct State {
        var sets: [(at: ContinuousClock.Instant, set: ChangeSet)] = []
        var waiters: [(isWanted: @Sendable (ChangeSet) -> Bool, stream: AsyncStream<Void>.Continuation)] = []
    }

    private let state = Mutex(State())

    var all: [ChangeSet] { state.withLock { $0.sets.map(\.set) } }

    func append(_ set: ChangeSet) {
        let now = ContinuousClock.now
        state.withLock { state in
            state.sets.append((now, set))
            for waiter in state.waiters where waiter.isWanted(set) { waiter.stream.finish() }
            state.waiters.removeAll { $0.isWanted(set) }
        }
    }

    /// When the first set that fits came in; nil if none does in time.
    func first(
        within span: Duration = .seconds(60), _ isWanted: @escaping @Sendable (ChangeSet) -> Bool
    ) async -> ContinuousClock.Instant? {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        state.withLock { state in
            if state.sets.contains(where: { isWanted($0.set) }) {
                continuation.finish()
            } else {
                state.waiters.append((isWanted, continuation))
            }
        }
        let timer = Task {
            try await Task.sleep(for: span)
            continuation.finish()
        }
        for await _ in stream {}
        timer.cancel()
        return state.withLock { $0.sets.first { isWanted($0.set) }?.at }
    }
}
