import Synchronization
import TokenCore

/// A clock that stands until it is told to go on.
final class TestClock: Sendable {
    /// 2026-01-01T00:00:00Z
    static let start = Timestamp(seconds: 1_767_225_600)

    private let time = Mutex((wall: TestClock.start, steady: TimeSpan.zero))

    var now: Timestamp { time.withLock { $0.wall } }
    /// What has passed, whatever the clock says.
    var steady: TimeSpan { time.withLock { $0.steady } }

    /// Time passes.
    func advance(_ span: TimeSpan) {
        time.withLock { $0 = ($0.wall + span, $0.steady + span) }
    }

    /// The clock is set, and no time passes. Back by what is negative.
    func leap(_ span: TimeSpan) { time.withLock { $0.wall = $0.wall + span } }
}
