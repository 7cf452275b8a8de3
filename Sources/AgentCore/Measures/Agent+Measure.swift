import Metrics
import TokenCore

extension Agent {
    /// Records what is not counted as it happens, for somebody who is about to read it all.
    package func measure(_ facts: AgentFacts, _ right: VerifierRight) async throws(AgentError) {
        for state in TokenState.allCases {
            Gauge(label: "tokenagent_tokens", dimensions: [("state", state.rawValue)])
                .record(facts.tokens[state] ?? 0)
        }
        Gauge(label: "tokenagent_people").record(facts.people)
        Gauge(label: "tokenagent_start_time_seconds").record(Double(facts.startedAt.milliseconds) / 1000)
        let storage = facts.storage
        Gauge(label: "tokenagent_storage_bytes").record(storage.bytes)
        Gauge(label: "tokenagent_storage_log_bytes").record(storage.logBytes)
        Gauge(label: "tokenagent_storage_free_bytes").record(storage.free)
        Gauge(label: "tokenagent_storage_waiting").record(storage.waiting)
        Gauge(label: "tokenagent_storage_revision").record(storage.revision)
        Gauge(label: "tokenagent_storage_checkpoint_failing").record(storage.checkpointError == nil ? 0 : 1)
        for source in try await directoryStatus(right) { Self.measure(source) }
    }

    private static func measure(_ status: SourceStatus) {
        func record(_ name: String, _ value: Double) {
            Gauge(label: "tokenagent_directory_\(name)", dimensions: [("source", status.source)])
                .record(value)
        }
        record("people", Double(status.memory.people))
        record("held", status.held == nil ? 0 : 1)
        record("failing", status.memory.lastError == nil ? 0 : 1)
        record("unconfirmed", Double(status.memory.unconfirmed))
        record("stale", status.isStale ? 1 : 0)
        if let last = status.memory.lastCompleteAt {
            record("age_seconds", Double((status.now - last).milliseconds) / 1000)
        }
    }
}

extension SourceStatus {
    /// Whoever has left is still let in. Not so where one that is configured no more has no tokens left.
    fileprivate var isStale: Bool {
        switch state {
        case .stale, .unread: true
        case .unconfigured: tokens != 0
        case .current, .unconfirmed, .held, .failing: false
        }
    }
}
