package import TokenCore

/// When a source is next to be read. Pure.
package enum Timetable {
    /// The first wait after a failed attempt; it doubles with each further one, up to the interval.
    static let retry = TimeSpan.minutes(1)
    /// Many hosts that were started together should not ask one directory together.
    static let jitterPercent: Int64 = 10

    /// `jitter` is drawn from 0..<1. Somebody never read is due at once, and so is who was read
    /// later than `now`: by a clock that was ahead, and nobody knows when.
    package static func next(
        after state: SourceState?, interval: TimeSpan, failures: Int, jitter: Double, now: Timestamp
    ) -> Timestamp {
        guard let state, let attempt = state.lastAttemptAt, attempt <= now else { return .distantPast }
        if failures > 0 {
            let doubled = retry.milliseconds << min(failures - 1, 20)
            return attempt + spread(TimeSpan(milliseconds: min(doubled, interval.milliseconds)), jitter)
        }
        let complete = state.lastCompleteAt.flatMap { $0 <= now ? $0 : nil } ?? attempt
        return max(attempt, complete) + spread(interval, jitter)
    }

    /// Shortened by up to a tenth.
    private static func spread(_ span: TimeSpan, _ jitter: Double) -> TimeSpan {
        let most = span.milliseconds / 100 * jitterPercent
        return TimeSpan(milliseconds: span.milliseconds - Int64(Double(most) * jitter))
    }
}
