internal import Exposition
internal import Metrics
internal import Synchronization

/// What the bridge counts, through swift-metrics. Its own: the agent's come from the agent.
final class BridgeMetrics: Sendable {
    private struct Answered: Hashable {
        let api: String
        let status: Int
    }

    /// What there is already: asking the registry for each request would cost more.
    private struct Measures {
        private var requests: [Answered: Counter] = [:]
        private var durations: [String: Timer] = [:]

        mutating func counter(_ answered: Answered, in metrics: PrometheusMetrics) -> Counter {
            if let known = requests[answered] { return known }
            let made = Counter(
                label: "tokenagent_http_requests_total",
                dimensions: [("api", answered.api), ("status", "\(answered.status)")], factory: metrics)
            requests[answered] = made
            return made
        }

        mutating func timer(_ api: String, in metrics: PrometheusMetrics) -> Timer {
            if let known = durations[api] { return known }
            let made = Timer(
                label: "tokenagent_http_request_seconds", dimensions: [("api", api)], factory: metrics)
            durations[api] = made
            return made
        }
    }

    private let metrics = PrometheusMetrics(descriptions)
    private let measures = Mutex(Measures())

    func note(_ api: String, _ status: Int, took duration: Duration) {
        let (seconds, attoseconds) = duration.components
        measures.withLock {
            $0.counter(Answered(api: api, status: status), in: metrics).increment()
            $0.timer(api, in: metrics)
                .recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        }
    }

    /// In Prometheus text.
    func text(agentAnswers: Bool) -> String {
        Gauge(label: "tokenagent_up", factory: metrics).record(agentAnswers ? 1 : 0)
        return metrics.text
    }

    private static let descriptions = [
        MeasureDescription("tokenagent_up", "1 when the agent answers the bridge."),
        MeasureDescription("tokenagent_http_requests_total", "HTTP requests by API and status."),
        MeasureDescription(
            "tokenagent_http_request_seconds", "How long HTTP requests took, by API.",
            bounds: [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]),
    ]
}
