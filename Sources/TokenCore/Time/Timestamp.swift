/// A moment in UTC, in milliseconds since 1970. Time is always an argument: nothing here asks a clock.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package init(seconds: Int64) { self.milliseconds = seconds * 1000 }

    package static let distantPast = Timestamp(milliseconds: .min)
    package static let distantFuture = Timestamp(milliseconds: .max)

    @inlinable
    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    /// Saturates at the ends of time instead of trapping: expiries come from callers.
    package static func + (a: Timestamp, span: TimeSpan) -> Timestamp {
        let (sum, overflow) = a.milliseconds.addingReportingOverflow(span.milliseconds)
        guard overflow else { return Timestamp(milliseconds: sum) }
        return span.milliseconds > 0 ? .distantFuture : .distantPast
    }

    package static func - (a: Timestamp, span: TimeSpan) -> Timestamp {
        a + TimeSpan(milliseconds: span.milliseconds == .min ? .max : -span.milliseconds)
    }

    package static func - (a: Timestamp, b: Timestamp) -> TimeSpan {
        let (difference, overflow) = a.milliseconds.subtractingReportingOverflow(b.milliseconds)
        return TimeSpan(milliseconds: overflow ? (a > b ? .max : .min) : difference)
    }
}

/// A length of time in milliseconds.
package struct TimeSpan: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func seconds(_ seconds: Int64) -> TimeSpan { saturating(seconds, 1000) }

    package static func milliseconds(_ milliseconds: Int64) -> TimeSpan {
        TimeSpan(milliseconds: milliseconds)
    }
    package static func minutes(_ minutes: Int64) -> TimeSpan { saturating(minutes, 60_000) }
    package static func hours(_ hours: Int64) -> TimeSpan { saturating(hours, 3_600_000) }
    package static func days(_ days: Int64) -> TimeSpan { saturating(days, 86_400_000) }

    /// Instead of trapping: a number may come from a caller or from the configuration.
    private static func saturating(_ count: Int64, _ unit: Int64) -> TimeSpan {
        let (product, overflow) = count.multipliedReportingOverflow(by: unit)
        return TimeSpan(milliseconds: overflow ? (count > 0 ? .max : .min) : product)
    }

    package static let zero = TimeSpan(milliseconds: 0)

    package var seconds: Double { Double(milliseconds) / 1000 }
    package var duration: Duration { .milliseconds(milliseconds) }

    package static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.milliseconds < b.milliseconds }

    /// Saturates, as timestamps do.
    package static func + (a: TimeSpan, b: TimeSpan) -> TimeSpan {
        let (sum, overflow) = a.milliseconds.addingReportingOverflow(b.milliseconds)
        return TimeSpan(milliseconds: overflow ? (b.milliseconds > 0 ? .max : .min) : sum)
    }

    package static func - (a: TimeSpan, b: TimeSpan) -> TimeSpan {
        a + TimeSpan(milliseconds: b.milliseconds == .min ? .max : -b.milliseconds)
    }
}
