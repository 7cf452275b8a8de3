import AgentProtocol

/// How long ago something was, or how long it will be: in the largest unit that says enough.
struct Age: Hashable, Sendable {
    var seconds: Int64

    init(seconds: Int64) { self.seconds = seconds }

    init(of time: WireTime, at now: WireTime) {
        seconds = (now.milliseconds - time.milliseconds) / 1000
    }

    /// "3 hours ago", "in 90 days", "just now".
    var relative: String {
        let (isPast, length) = (seconds >= 0, Age(seconds: abs(seconds)).length)
        if abs(seconds) < 5 { return "just now" }
        return isPast ? "\(length) ago" : "in \(length)"
    }

    /// "3 hours", cut and not rounded. A unit begins at two or three of it, because one is coarse: 59 hours.
    var length: String {
        let units: [(name: String, seconds: Int64, from: Int64)] = [
            ("year", 365 * 86_400, 2 * 365 * 86_400), ("day", 86_400, 3 * 86_400),
            ("hour", 3600, 2 * 3600), ("minute", 60, 2 * 60),
        ]
        let unit = units.first { seconds >= $0.from } ?? ("second", 1, 0)
        let count = seconds / unit.seconds
        return "\(count) \(unit.name)\(count == 1 ? "" : "s")"
    }
}
