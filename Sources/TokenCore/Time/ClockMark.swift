/// The time as it is on record: no clock that tells an earlier one is right.
package struct ClockMark: Hashable, Sendable {
    package var at: Timestamp
    /// How long the daemon has run with a clock that was far ahead of it.
    package var doubted: TimeSpan
    /// The leap that has just been taken for the time, if one has.
    package var believed: Leap?

    /// What was recorded between `from` and `until` was so by a time that lacked `by`.
    package struct Leap: Hashable, Sendable {
        package var from: Timestamp
        package var until: Timestamp
        package var by: TimeSpan

        package init(from: Timestamp, until: Timestamp, by: TimeSpan) {
            (self.from, self.until, self.by) = (from, until, by)
        }
    }

    package init(at: Timestamp, doubted: TimeSpan = .zero) {
        self.at = at
        self.doubted = doubted
    }

    /// With the time of the latest change on record, which costs nothing to keep. One that is far ahead was
    /// made while the clock was in doubt, and proves nothing.
    package func raised(to lastChange: Timestamp?, leap: TimeSpan) -> ClockMark {
        guard let lastChange, lastChange > at, lastChange - at <= leap else { return self }
        return ClockMark(at: lastChange, doubted: doubted)
    }
}
