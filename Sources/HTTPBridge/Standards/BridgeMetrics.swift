internal import AgentProtocol
internal import Synchronization

/// What the bridge counts.
final class BridgeMetrics: Sendable {
    struct Requests: Hashable, Comparable, Sendable {
        let api: String
        let status: Int

        static func < (a: Requests, b: Requests) -> Bool { (a.api, a.status) < (b.api, b.status) }
    }

    struct Counts: Sendable {
        var requests: [Requests: Int] = [:]
        var durations: [String: Histogram] = [:]
        var verifies: [String: Int] = [:]
        var verifyDurations = Histogram()
    }

    private let counts = Mutex(Counts())

    var now: Counts { counts.withLock { $0 } }

    func note(_ api: String, _ status: Int, took duration: Duration) {
        counts.withLock {
            $0.requests[Requests(api: api, status: status), default: 0] += 1
            $0.durations[api, default: Histogram()].note(duration)
        }
    }

    func noteVerify(_ answer: TokenVerify.Answer, took duration: Duration) {
        let result =
            switch answer {
            case .active: "active"
            case .inactive(let reason): reason.rawValue
            }
        counts.withLock {
            $0.verifies[result, default: 0] += 1
            $0.verifyDurations.note(duration)
        }
    }
}

/// How many took how long, in Prometheus's manner: each bucket counts those below it, too.
struct Histogram: Sendable {
    static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

    private(set) var buckets = [Int](repeating: 0, count: bounds.count)
    private(set) var count = 0
    private(set) var sum = 0.0

    mutating func note(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let value = Double(seconds) + Double(attoseconds) / 1e18
        count += 1
        sum += value
        for (index, bound) in Self.bounds.enumerated() where value <= bound { buckets[index] += 1 }
    }
}
