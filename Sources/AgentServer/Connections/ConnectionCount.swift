import Metrics
import Synchronization

/// How many connections there are, in all and for each uid.
final class ConnectionCount: Sendable {
    private struct State {
        var all = 0
        var byUID: [UInt32: Int] = [:]
    }

    private let state = Mutex(State())
    private let max: Int
    private let perUIDMax: Int
    private let gauge = Gauge(label: "tokenagent_connections")

    init(max: Int, perUIDMax: Int) {
        self.max = max
        self.perUIDMax = perUIDMax
    }

    var hasRoom: Bool { state.withLock { $0.all < max } }
    var all: Int { state.withLock { $0.all } }

    /// What one of a uid's connections has of something that they share: at least one.
    func share(of amount: Int, _ uid: UInt32) -> Int {
        state.withLock { Swift.max(1, amount / Swift.max(1, $0.byUID[uid, default: 1])) }
    }

    /// False when the uid has as many as it may have.
    func add(_ uid: UInt32) -> Bool {
        state.withLock { state in
            guard state.byUID[uid, default: 0] < perUIDMax else { return false }
            state.byUID[uid, default: 0] += 1
            state.all += 1
            gauge.record(state.all)
            return true
        }
    }

    func remove(_ uid: UInt32) {
        state.withLock { state in
            state.all -= 1
            gauge.record(state.all)
            state.byUID[uid] = state.byUID[uid].flatMap { $0 > 1 ? $0 - 1 : nil }
        }
    }
}
