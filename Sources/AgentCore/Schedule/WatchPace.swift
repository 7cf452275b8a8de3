/// How often what a watch tells may lead to reading everybody: at once as a rule, and ever more rarely where
/// that settles nothing, as with a server that keeps forgetting what was deleted.
struct WatchPace: Sendable {
    static let first = Duration.seconds(1)
    static let longest = Duration.seconds(60)
    /// So many times in a row what could not be settled is asked for again, then everybody is read.
    static let unsettledMax = 6

    /// The longest pause between two readings, and for how long a watch has to go well to be settled.
    let calm: Duration
    private var pause = first
    private var last: ContinuousClock.Instant?
    private var unsettled = 0

    init(changesInterval: Duration) { calm = max(changesInterval, Self.longest) }

    /// When everybody may be read who is asked for now.
    mutating func reading(at now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        unsettled = 0
        guard let last, now - last < calm else {
            pause = Self.first
            return now
        }
        defer { pause = min(pause * 2, calm) }
        return max(now, last + pause)
    }

    mutating func noteReading(endedAt now: ContinuousClock.Instant) { last = now }

    /// Whether what could not be settled again is to be settled by reading everybody.
    mutating func noteUnsettled() -> Bool {
        unsettled += 1
        return unsettled >= Self.unsettledMax
    }

    mutating func noteSettled() { unsettled = 0 }
}
