package import TokenCore

extension Agent {
    /// Everything of these kinds that is put on record from now on; see `EventHub`.
    package func subscribe(
        to kinds: Set<AuditEvent.Kind>, _: VerifierRight, wake: @escaping @Sendable () -> Void
    ) -> EventSubscription {
        events.subscribe(to: kinds, wake: wake)
    }
}
