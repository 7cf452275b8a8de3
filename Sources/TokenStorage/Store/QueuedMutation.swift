/// A mutation that waits for its commit. Exactly one of acknowledgement and `fail` is called, once.
struct QueuedMutation: Sendable {
    /// Not to be grouped with others.
    let alone: Bool
    /// Does the work, perhaps twice; what it returned the last time acknowledges it.
    let run: @Sendable (inout StoreWriter) throws -> @Sendable () -> Void
    let fail: @Sendable (any Error) -> Void
}
