import Synchronization

/// A pace for each of those who are counted. Who has rested is forgotten.
final class Paces<Key: Hashable & Sendable>: Sendable {
    /// At so many those who have rested are looked for.
    static var keptBeforeSweep: Int { 1024 }

    private let perSecond: Int
    private let paces = Mutex<[Key: Pace]>([:])

    init(perSecond: Int) { self.perSecond = perSecond }

    /// nil, and counted, when it may be now; else how long it is too early.
    func admit(_ key: Key, at now: ContinuousClock.Instant) -> Duration? {
        with(key, at: now) { pace in
            let wait = pace.wait(at: now)
            guard wait == .zero else { return wait }
            pace.count(at: now, waitMax: .zero)
            return nil
        }
    }

    /// Counts it in any case, and says how long it should have waited: `waitMax` at most.
    func delay(_ key: Key, at now: ContinuousClock.Instant, waitMax: Duration) -> Duration {
        with(key, at: now) { pace in
            defer { pace.count(at: now, waitMax: waitMax) }
            return min(pace.wait(at: now), waitMax)
        }
    }

    /// How many are remembered.
    var count: Int { paces.withLock { $0.count } }

    private func with<Result: Sendable>(
        _ key: Key, at now: ContinuousClock.Instant, _ body: (inout Pace) -> Result
    ) -> Result {
        paces.withLock { paces in
            if paces.count >= Self.keptBeforeSweep, paces[key] == nil {
                paces = paces.filter { !$0.value.hasRested(at: now) }
            }
            return body(&paces[key, default: Pace(perSecond: perSecond)])
        }
    }
}
