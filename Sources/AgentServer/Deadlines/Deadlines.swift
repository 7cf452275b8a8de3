import AgentCore
import AgentProtocol
import Logging
import NIOCore
import Synchronization

/// Answers in time for requests that are not done in time.
///
/// All have the same span, so that they end in the order in which they began, and one task can wait for the
/// first of them: a timer for each would cost more than most requests.
final class Deadlines: Sendable {
    private struct State {
        var races: CircularBuffer<Race> = []
        var isWatched = false
    }

    private let span: Duration
    private let state = Mutex(State())

    init(span: Duration) { self.span = span }

    /// What `work` answers, or an error when it takes too long. Then `work` is cancelled, and what it waits
    /// for may still happen. It runs on a thread of the pool, unless told otherwise.
    func answer(
        on executor: (any TaskExecutor)? = nil, _ work: @escaping Race.Work
    ) async throws(RPCError) -> any Encodable & Sendable {
        let answer = await withCheckedContinuation { continuation in
            let race = Race(continuation, due: .now + span)
            watch(race)
            race.run(work, on: executor)
        }
        return try answer.get()
    }

    /// How many are not over, and those over that nobody has looked at since.
    var count: Int { state.withLock { $0.races.count } }

    private func watch(_ race: Race) {
        let isWatched = state.withLock { state in
            while let first = state.races.first, first.isOver { state.races.removeFirst() }
            state.races.append(race)
            defer { state.isWatched = true }
            return state.isWatched
        }
        if !isWatched { Task.detached { await self.watch() } }
    }

    /// Until there is nothing to watch any more.
    private func watch() async {
        while let due = nextDue() {
            do { try await Task.sleep(until: due, clock: .continuous) } catch { return }
        }
    }

    private func nextDue() -> ContinuousClock.Instant? {
        let now = ContinuousClock.now
        let (late, next) = state.withLock { state in
            var late: [Race] = []
            while let first = state.races.first, first.isOver || first.due <= now {
                late.append(state.races.removeFirst())
            }
            state.isWatched = !state.races.isEmpty
            return (late, state.races.first?.due)
        }
        for race in late { race.giveUp(after: span) }
        return next
    }
}
