/// Until when an operation may take, and what it is called if it does not make it.
struct Deadline: Sendable {
    let instant: ContinuousClock.Instant
    let phase: String

    init(after span: Duration, phase: String) {
        self.instant = .now + span
        self.phase = phase
    }

    /// Whichever of the two comes first.
    func sooner(_ other: Deadline) -> Deadline { other.instant < instant ? other : self }

    var remaining: Duration { ContinuousClock.now.duration(to: instant) }
    var hasPassed: Bool { remaining <= .zero }
}
