/// Who failed how often. Pure; holds `keysMax` at most.
struct PaceBook: Sendable {
    struct Key: Hashable, Sendable {
        var client: String
        var login: String
    }

    private struct Failures {
        var count: Int
        var last: ContinuousClock.Instant
    }

    static let keysMax = 4096
    static let firstDelay = Duration.milliseconds(100)
    static let delayMax = Duration.seconds(1)
    static let forgottenAfter = Duration.seconds(300)

    private var failures: [Key: Failures] = [:]

    var count: Int { failures.count }

    func delay(_ key: Key, at now: ContinuousClock.Instant) -> Duration {
        guard let known = failures[key], now - known.last < Self.forgottenAfter else { return .zero }
        return min(Self.firstDelay * (1 << min(known.count - 1, 10)), Self.delayMax)
    }

    mutating func note(_ key: Key, wrong: Bool, at now: ContinuousClock.Instant) {
        guard wrong else {
            failures[key] = nil
            return
        }
        let known = failures[key].map { now - $0.last < Self.forgottenAfter ? $0.count : 0 } ?? 0
        failures[key] = Failures(count: known + 1, last: now)
        if failures.count > Self.keysMax { shrink(at: now) }
    }

    /// Forgets the stale half. Whoever is slowed just now stays so.
    private mutating func shrink(at now: ContinuousClock.Instant) {
        let kept = failures.sorted { $0.value.last > $1.value.last }.prefix(Self.keysMax / 2)
        failures = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
