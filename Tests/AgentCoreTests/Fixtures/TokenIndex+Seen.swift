import TokenCore

@testable import AgentCore

extension TokenIndex {
    /// What verify sees of a token, looked at without a use.
    func seen(_ id: UserCode) -> (facts: TokenFacts, standing: Standing)? {
        var seen: (facts: TokenFacts, standing: Standing)?
        _ = verdict(on: id, usedAt: .distantPast) { entry in
            seen = (entry.facts, entry.standing)
            return .wrongSecret
        }
        return seen
    }

    /// As a verify does that finds it good.
    func use(_ id: UserCode, at now: Timestamp) { _ = verdict(on: id, usedAt: now) { _ in .active } }
}
