import Dispatch

/// Rings alarms on a thread of its own.
///
/// Not a task that sleeps: when all threads of Swift's pool are busy it wakes too late, and a connection that
/// hangs has to be cut then as well.
enum Watchdog {
    private static let queue = DispatchQueue(label: "tokenagent.ldap.watchdog", qos: .userInteractive)

    /// Let go of by `cancel`.
    static func alarm(after span: Duration, _ ring: @escaping @Sendable () -> Void) -> DispatchWorkItem {
        let alarm = DispatchWorkItem(block: ring)
        // Rather late than early: whoever looks at the time then should find it has come.
        let (seconds, attoseconds) = (max(span, .zero) + .milliseconds(1)).components
        let capped = min(seconds, 86_400 * 36_500)
        queue.asyncAfter(
            deadline: .now() + Double(capped) + Double(attoseconds) / 1e18, execute: alarm)
        return alarm
    }
}
