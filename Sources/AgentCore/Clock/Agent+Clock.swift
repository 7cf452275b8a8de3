import Logging
import Synchronization
import TokenCore
import TokenStorage

extension Agent {
    /// Between two records of the time while nothing else is written.
    static let markInterval = TimeSpan.minutes(5)

    /// Judges the clock, and puts the time on record when that is due.
    func settleClock(always: Bool = false) async throws(AgentError) {
        let wasAhead = guardedClock.isAhead
        let mark = guardedClock.settle()
        tell(was: wasAhead, doubted: mark.doubted)
        let isDue = recorded.withLock { $0.map { mark.at - $0 >= Self.markInterval } ?? true }
        guard isDue || always else { return }
        try await mutate { try $0.put(mark) }
        recorded.withLock { $0 = mark.at }
    }

    private func tell(was wasAhead: Bool, doubted: TimeSpan) {
        guard case .ahead(let span) = guardedClock.state else {
            if wasAhead { logger.notice("the clock is taken for right; what waited goes on") }
            clockComplaint.withLock { $0 = false }
            return
        }
        let isNew = clockComplaint.withLock { told in
            defer { told = true }
            return !told
        }
        guard isNew else { return }
        logger.warning(
            "the clock is far ahead of the time on record: until it has run so for a day nothing is purged",
            metadata: ["ahead_s": "\(Int(span.seconds))", "ran_s": "\(Int(doubted.seconds))"])
    }
}
