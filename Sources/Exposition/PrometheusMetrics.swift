package import Metrics
internal import Synchronization

/// Keeps what is recorded through swift-metrics, and shows it as Prometheus reads it.
///
/// Whoever asks twice for the same name and labels has the same cell. Timers count in seconds. A name that
/// is there as another kind already is counted in vain.
package final class PrometheusMetrics: MetricsFactory {
    private let families = Mutex<[String: Family]>([:])
    private let descriptions: [String: MeasureDescription]

    package init(_ descriptions: [MeasureDescription] = []) {
        self.descriptions = Dictionary(descriptions.map { ($0.name, $0) }) { first, _ in first }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let cell = cell(label, dimensions) { .counter(Tally()) }
        guard case .counter(let tally) = cell else { return Tally() }
        return tally
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        level(label, dimensions)
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate ? spread(label, dimensions) : level(label, dimensions)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        spread(label, dimensions)
    }

    // Series stay: one that is gone and comes back would look as if the process had begun anew.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// Everything as it is now, in the text exposition format, version 0.0.4.
    package var text: String {
        families.withLock { families in
            families.sorted { $0.key < $1.key }.map { name, family in
                ExpositionText.family(name, family, help: descriptions[name]?.help)
            }.joined()
        }
    }

    private func level(_ label: String, _ dimensions: [(String, String)]) -> Level {
        let cell = cell(label, dimensions) { .gauge(Level()) }
        guard case .gauge(let level) = cell else { return Level() }
        return level
    }

    private func spread(_ label: String, _ dimensions: [(String, String)]) -> Spread {
        let described = descriptions[label]?.bounds ?? []
        let bounds = described.isEmpty ? Self.bounds : described
        let cell = cell(label, dimensions) { .histogram(Spread(bounds: bounds)) }
        guard case .histogram(let spread) = cell else { return Spread(bounds: bounds) }
        return spread
    }

    /// Of histograms that nobody has described.
    private static let bounds = [0.001, 0.01, 0.1, 1, 10]

    private func cell(
        _ label: String, _ dimensions: [(String, String)], _ make: () -> Family.Cell
    ) -> Family.Cell {
        let (name, labels) = (ExpositionText.name(label), ExpositionText.labels(dimensions))
        return families.withLock { families in
            if let known = families[name]?.cells[labels] { return known }
            let made = make()
            let family = families[name] ?? Family(kind: made.kind)
            if family.kind == made.kind {
                families[name] = family
                families[name]?.cells[labels] = made
            }
            return made
        }
    }
}
