import Synchronization
package import TokenCore

/// The daemon's clock: the machine's, held against what is on record and against the time that has passed.
///
/// It never tells a time before one it has told or has on record, so that what has expired stays so when
/// the machine's clock is put back. A clock that leaps ahead is believed where that refuses, and not where
/// it destroys or grants: see `isAhead` and `granting`. A leap is never put on record, so that it does no
/// harm once it is mended.
package final class GuardedClock: Sendable {
    /// What the machine's clock may be ahead of the time that is reckoned with.
    package static let leap = TimeSpan.days(1)
    /// How long the daemon has to have run with a clock that is ahead, before that is taken for the time.
    package static let doubtMax = TimeSpan.days(1)
    /// Corrections of the clock that are not worth a word.
    static let behindMin = TimeSpan.minutes(1)
    /// A leap may have been there for that long before it is seen: until `settle` is called again.
    private static let unseen = TimeSpan.minutes(1)

    private static let apartMax = TimeSpan.seconds(1)

    private let wall: @Sendable () -> Timestamp
    /// Goes on at its own pace whatever is done to the clock, also while the machine sleeps
    /// (CLOCK_BOOTTIME, clock_gettime(2)).
    private let steady: @Sendable () -> TimeSpan
    /// The latest time that was told, leaps left out. Milliseconds.
    private let told: Atomic<Int64>
    /// What the steady clock lacks to the reckoned time.
    private let offset: Atomic<Int64>
    private let doubt: Mutex<Doubt>
    private let startedAt: (wall: Timestamp, steady: TimeSpan)
    /// Whether it was ahead when that was put on record last, before the start.
    package let wasDoubted: Bool

    private struct Doubt {
        var lasted: TimeSpan
        /// On the steady clock.
        var judgedAt: TimeSpan
    }

    /// `mark` is what is on record; nil when nothing is.
    package init(
        mark: ClockMark?, wall: @escaping @Sendable () -> Timestamp,
        steady: @escaping @Sendable () -> TimeSpan
    ) {
        (self.wall, self.steady) = (wall, steady)
        let (now, passed) = (wall(), steady())
        startedAt = (now, passed)
        wasDoubted = (mark?.doubted ?? .zero) > .zero
        let known = mark?.at ?? now
        let reckoned = now - known > Self.leap ? known : max(now, known)
        told = Atomic(reckoned.milliseconds)
        offset = Atomic(reckoned.milliseconds - passed.milliseconds)
        doubt = Mutex(Doubt(lasted: mark?.doubted ?? .zero, judgedAt: passed))
    }

    /// For every verify: one clock and one atomic, as long as nothing is wrong.
    package func now() -> Timestamp {
        let now = wall()
        let ahead = now.milliseconds &- told.load(ordering: .relaxed)
        if ahead == 0 { return now }
        guard ahead > 0, ahead <= Self.leap.milliseconds else { return judged(now) }
        told.max(now.milliseconds, ordering: .relaxed)
        return now
    }

    private func judged(_ now: Timestamp) -> Timestamp {
        let reckoned = reckoned
        if now - reckoned > Self.leap { return now }
        let time = max(now, reckoned)
        let last = told.max(time.milliseconds, ordering: .relaxed).newValue
        // Put back since that was told: time goes on from there, and does not stand still until the machine's
        // clock has caught up. Threads that tell the same moment are some milliseconds apart at most.
        if last - time.milliseconds > Self.apartMax.milliseconds {
            offset.max(last - steady().milliseconds, ordering: .relaxed)
        }
        return Timestamp(milliseconds: last)
    }

    /// From when on what is granted is reckoned, and what it is recorded by: never the time of a leap, or it
    /// would be good for as much longer once the clock is mended.
    ///
    /// Of leaps that the daemon has seen. The clock that it was started with may be ahead because it has
    /// rested for some days, which is the common case, and then nothing could be granted for a day.
    package func granting() -> Timestamp {
        let now = now()
        let sinceStart = startedAt.wall + (steady() - startedAt.steady)
        let believed = max(reckoned, sinceStart)
        guard now - believed > Self.leap else { return now }
        return max(believed, Timestamp(milliseconds: told.load(ordering: .relaxed)))
    }

    /// What a use at a time that `now` has told is recorded by: as what is granted. One atomic, as long as
    /// nothing is wrong.
    package func using(at now: Timestamp) -> Timestamp {
        now.milliseconds <= told.load(ordering: .relaxed) ? now : granting()
    }

    private var reckoned: Timestamp {
        Timestamp(milliseconds: steady().milliseconds + offset.load(ordering: .relaxed))
    }

    // MARK: How it stands

    /// How the machine's clock differs from the reckoned time.
    package enum State: Hashable, Sendable {
        case trusted
        /// It was put back: time goes on from what was told before.
        case behind(TimeSpan)
        /// It leapt ahead, or the daemon did not run for long: nothing is purged for lapse of time.
        case ahead(TimeSpan)
    }

    package var state: State {
        let difference = wall() - reckoned
        if difference > Self.leap { return .ahead(difference) }
        let behind = TimeSpan(milliseconds: -difference.milliseconds)
        return behind > Self.behindMin ? .behind(behind) : .trusted
    }

    /// Whether what is done for lapse of time has to wait.
    package var isAhead: Bool { if case .ahead = state { true } else { false } }

    /// Takes up small corrections, and a leap once it has lasted. Called now and then; what it answers is to
    /// be put on record.
    package func settle() -> ClockMark {
        let (now, passed) = (wall(), steady())
        return doubt.withLock { doubt in
            let since = max(passed - doubt.judgedAt, .zero)
            doubt.judgedAt = passed
            var believed: ClockMark.Leap?
            let before = reckoned
            if now - before > Self.leap {
                doubt.lasted = doubt.lasted + since
                guard doubt.lasted >= Self.doubtMax else {
                    return ClockMark(at: before, doubted: doubt.lasted)
                }
                let until = max(before, Timestamp(milliseconds: told.load(ordering: .relaxed)))
                believed = .init(from: before - doubt.lasted - Self.unseen, until: until, by: now - before)
            }
            doubt.lasted = .zero
            offset.max(now.milliseconds - passed.milliseconds, ordering: .relaxed)
            let time = max(now, reckoned)
            let last = told.max(time.milliseconds, ordering: .relaxed)
            var mark = ClockMark(at: Timestamp(milliseconds: last.newValue), doubted: .zero)
            mark.believed = believed
            return mark
        }
    }
}
