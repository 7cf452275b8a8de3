import AgentProtocol

/// How long accepting pauses when the kernel has no descriptor or memory: twice as long each time. Pure.
struct AcceptBackOff {
    private var next = first

    private static let first = Limits.acceptPauseMillisecondsMax / 100

    /// Milliseconds.
    mutating func failed() -> Int {
        defer { next = min(next * 2, Limits.acceptPauseMillisecondsMax) }
        return next
    }

    mutating func succeeded() { next = Self.first }
}
