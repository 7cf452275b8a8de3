/// The time as it is on record: no clock that tells an earlier one is right.
package struct ClockMark: Hashable, Sendable {
    package var at: Timestamp
    /// How long the daemon has run with a clock that was far ahead of it.
    package var doubted: TimeSpan

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
