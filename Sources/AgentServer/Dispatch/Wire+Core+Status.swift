import AgentCore
import AgentProtocol
import TokenCore

// The part of `Wire+Core` about the agent itself: that file has its length.

extension AgentStatus.Answer {
    init(_ facts: AgentFacts, version: String, connections: Int) {
        self.init(
            version: version, startedAt: WireTime(facts.startedAt),
            uptimeSeconds: (facts.now - facts.startedAt).milliseconds / 1000,
            tokens: Dictionary(
                uniqueKeysWithValues: facts.tokens.map { (AgentProtocol.TokenState($0.key), $0.value) }),
            people: facts.people, connections: connections,
            storage: AgentStatus.Storage(
                path: facts.storage.path, bytes: facts.storage.bytes, logBytes: facts.storage.logBytes,
                schema: facts.storage.schema, revision: facts.storage.revision,
                checkpointError: facts.storage.checkpointError, free: facts.storage.free),
            clock: AgentStatus.Clock(facts.clock))
    }
}

extension AgentStatus.Clock {
    init(_ state: GuardedClock.State) {
        switch state {
        case .trusted: self.init(.trusted, apartSeconds: 0)
        case .behind(let span): self.init(.behind, apartSeconds: span.milliseconds / 1000)
        case .ahead(let span): self.init(.ahead, apartSeconds: span.milliseconds / 1000)
        }
    }
}
