internal import Metrics

/// A histogram: how many values lie at or below each bound, and their sum.
final class Spread: RecorderHandler, TimerHandler, Sendable {
    let bounds: [Double]
    /// One for each bound, and one for what lies above the last.
    private let tallies: [Tally]
    private let sum = Level()

    init(bounds: [Double]) {
        self.bounds = bounds
        tallies = (0...bounds.count).map { _ in Tally() }
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        // Few bounds, and small values are the common ones: looking at one after the other is quickest.
        var place = 0
        while place < bounds.count, value > bounds[place] { place += 1 }
        tallies[place].increment(by: 1)
        sum.increment(by: value)
    }

    /// Prometheus's unit of time is the second.
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    var now: (atOrBelow: [Int64], count: Int64, sum: Double) {
        var running: Int64 = 0
        let all = tallies.map { tally in
            running += tally.total
            return running
        }
        return (Array(all.dropLast()), running, sum.value)
    }
}
