import Testing
import TokenCore

@testable import AgentCore

struct TimetableTests {
    private let interval = TimeSpan.hours(24)

    private func state(attempt: Int64?, complete: Int64? = nil) -> SourceState {
        var state = SourceState(source: "corp")
        state.lastAttemptAt = attempt.map { Timestamp(seconds: $0) }
        state.lastCompleteAt = complete.map { Timestamp(seconds: $0) }
        return state
    }

    private func next(_ state: SourceState?, failures: Int = 0, jitter: Double = 0) -> Timestamp {
        Timetable.next(
            after: state, interval: interval, failures: failures, jitter: jitter,
            now: Timestamp(seconds: 1_000_000))
    }

    @Test func whatAClockThatWasAheadHasReadIsDueAtOnce() {
        #expect(next(state(attempt: 1_000_001)) == .distantPast)
        #expect(next(state(attempt: 1_000_001), failures: 5) == .distantPast)
        #expect(next(state(attempt: 1000, complete: 1_000_001)) == Timestamp(seconds: 1000) + interval)
    }

    @Test func whatWasNeverReadIsDueAtOnce() {
        #expect(next(nil) == .distantPast)
        #expect(next(state(attempt: nil)) == .distantPast)
        #expect(next(nil, failures: 3) == .distantPast)
    }

    @Test func afterAReadingTheIntervalPasses() {
        #expect(next(state(attempt: 1000, complete: 1000)) == Timestamp(seconds: 1000) + interval)
        #expect(next(state(attempt: 1000, complete: 1060)) == Timestamp(seconds: 1060) + interval)
        // A held reading is an attempt too.
        #expect(next(state(attempt: 2000, complete: 1000)) == Timestamp(seconds: 2000) + interval)
    }

    @Test(arguments: [(1, 60), (2, 120), (3, 240), (4, 480), (11, 61_440), (12, 86_400), (1000, 86_400)])
    func afterFailuresTheWaitDoublesUpToTheInterval(failures: Int, seconds: Int64) {
        #expect(next(state(attempt: 1000), failures: failures) == Timestamp(seconds: 1000 + seconds))
    }

    @Test func jitterOnlyShortensAndByATenthAtMost() {
        let full = next(state(attempt: 0))
        #expect(next(state(attempt: 0), jitter: 0.5) == full - TimeSpan(milliseconds: 4_320_000))
        #expect(next(state(attempt: 0), jitter: 0.999_999) >= full - TimeSpan(milliseconds: 8_640_000))
        #expect(next(state(attempt: 0), failures: 1, jitter: 0.5) == Timestamp(seconds: 57))
    }
}
