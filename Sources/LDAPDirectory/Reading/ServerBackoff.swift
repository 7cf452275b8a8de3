import Synchronization

/// Which servers of a list have failed lately: those are asked last, so that a dead one does not cost its
/// time-out each time.
final class ServerBackoff: Sendable {
    /// After a first failure; it doubles with each further one.
    static let first = Duration.seconds(30)
    static let longest = Duration.seconds(600)

    private struct Failing {
        var count: Int
        var until: ContinuousClock.Instant
    }

    private let failing = Mutex<[String: Failing]>([:])

    /// In the order of the list, those that rest behind those that do not. All are there: where every server
    /// rests, resting helps nobody.
    func order(_ urls: [String], at now: ContinuousClock.Instant) -> [String] {
        let resting = failing.withLock { failing in Set(failing.filter { $0.value.until > now }.keys) }
        return urls.filter { !resting.contains($0) } + urls.filter(resting.contains)
    }

    func noteFailure(of url: String, at now: ContinuousClock.Instant) {
        failing.withLock { failing in
            let count = (failing[url]?.count ?? 0) + 1
            let span = min(Self.first * (1 << min(count - 1, 10)), Self.longest)
            failing[url] = Failing(count: count, until: now + span)
        }
    }

    func noteSuccess(of url: String) { failing.withLock { $0[url] = nil } }
}
