internal import NIOCore

extension Duration {
    /// Saturates: three centuries are forever.
    var timeAmount: TimeAmount {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return .nanoseconds(seconds < 0 ? 0 : .max) }
        let (sum, tooMuch) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return .nanoseconds(tooMuch ? .max : sum)
    }
}
