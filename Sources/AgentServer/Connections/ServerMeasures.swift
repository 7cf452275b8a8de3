import Metrics
import NIOCore

/// What the server counts, through swift-metrics.
struct ServerMeasures: Sendable {
    /// The handler itself: this is on the way of each verify.
    private let verifies = MetricsSystem.factory.makeTimer(
        label: "tokenagent_verify_seconds", dimensions: [])
    private let refused = Counter(label: "tokenagent_connections_refused_total")

    /// Once for all verifies of a batch: their answers leave together, so each of them waited for all.
    func noteVerifies(since began: NIODeadline) {
        verifies.recordNanoseconds((NIODeadline.now() - began).nanoseconds)
    }

    func noteRefused() { refused.increment() }
}
