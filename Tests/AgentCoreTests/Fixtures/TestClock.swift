import Synchronization
import TokenCore

/// A clock that stands until it is told to go on.
final class TestClock: Sendable {
    /// 2026-01-01T00:00:00Z
    static let start = Timestamp(seconds: 1_767_225_600)

    private let time = Mutex(TestClock.start)

    var now: Timestamp { time.withLock { $0 } }

    func advance(_ span: TimeSpan) { time.withLock { $0 = $0 + span } }
}
