/// How often something may happen: so often a second, and that often at once after a rest.
///
/// The virtual scheduling of ITU-T I.371 (GCRA): one moment instead of a bucket that has to be filled.
struct Pace: Sendable {
    private let interval: Duration
    private let burst: Int
    /// When the next would come if they had come evenly.
    private var due: ContinuousClock.Instant?

    init(perSecond: Int) {
        interval = .seconds(1) / perSecond
        burst = perSecond
    }

    /// How long it is too early for one more.
    func wait(at now: ContinuousClock.Instant) -> Duration {
        guard let due else { return .zero }
        return max(.zero, now.duration(to: due) - interval * (burst - 1))
    }

    /// Notes one more. It never makes anybody wait longer than `waitMax`.
    mutating func count(at now: ContinuousClock.Instant, waitMax: Duration) {
        let last = now + interval * burst + waitMax
        due = min(max(due ?? now, now) + interval, last)
    }

    /// Whether it is as if nothing had ever happened.
    func hasRested(at now: ContinuousClock.Instant) -> Bool { due.map { $0 <= now } ?? true }
}
