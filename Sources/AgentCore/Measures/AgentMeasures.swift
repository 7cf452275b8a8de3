import Metrics
import TokenCore

/// What the agent counts while it works, through swift-metrics: whoever starts the program decides where it
/// goes. Nothing here waits for anything.
struct AgentMeasures: Sendable {
    let verifies = VerifyMeasures()
    private let commits = Counter(label: "tokenagent_storage_commits_total")

    func committed() { commits.increment() }

    func purged(_ count: Int, _ reason: PurgeReason) {
        Counter(label: "tokenagent_purged_total", dimensions: [("reason", reason.rawValue)])
            .increment(by: count)
    }

    func checkedPassword(_ result: PasswordResult, _ count: Int = 1) {
        Counter(label: "tokenagent_password_checks_total", dimensions: [("result", result.rawValue)])
            .increment(by: count)
    }

    enum PurgeReason: String, CaseIterable {
        case obsolete
        /// Obsolete, and somebody tried it.
        case tried
        case expired
        /// Of a directory that is configured no more.
        case forgotten
    }

    enum PasswordResult: String, CaseIterable {
        case right
        /// Or nobody of that login.
        case wrong
        case unavailable
    }

    /// So that a rate is there from the first one on.
    init() {
        for reason in PurgeReason.allCases { purged(0, reason) }
        for result in PasswordResult.allCases {
            checkedPassword(result, 0)
        }
    }
}

/// Verifies by result. This is on the way of each of them, so it asks the handlers themselves: a `Counter`
/// converts numbers of any type first.
struct VerifyMeasures: Sendable {
    private let active = Self.counter("active")
    private let unknown = Self.counter("unknown")
    private let malformed = Self.counter("malformed")
    private let expired = Self.counter(Refusal.expired.rawValue)
    private let suspended = Self.counter(Refusal.suspended.rawValue)
    private let obsolete = Self.counter(Refusal.obsolete.rawValue)
    private let revoked = Self.counter(Refusal.revoked.rawValue)
    private let wrongAudience = Self.counter(Refusal.wrongAudience.rawValue)
    private let missingFlag = Self.counter(Refusal.missingFlag.rawValue)
    private let readOnly = Self.counter(Refusal.readOnly.rawValue)

    @inline(__always)
    func note(_ verdict: Verdict) {
        switch verdict {
        case .active: active.increment(by: 1)
        case .wrongSecret: unknown.increment(by: 1)
        case .refused(let refusal): note(refusal)
        }
    }

    func noteMalformed() { malformed.increment(by: 1) }

    private func note(_ refusal: Refusal) {
        switch refusal {
        case .expired: expired.increment(by: 1)
        case .suspended: suspended.increment(by: 1)
        case .obsolete: obsolete.increment(by: 1)
        case .revoked: revoked.increment(by: 1)
        case .wrongAudience: wrongAudience.increment(by: 1)
        case .missingFlag: missingFlag.increment(by: 1)
        case .readOnly: readOnly.increment(by: 1)
        }
    }

    private static func counter(_ result: String) -> any CounterHandler {
        MetricsSystem.factory.makeCounter(
            label: "tokenagent_verifies_total", dimensions: [("result", result)])
    }
}
