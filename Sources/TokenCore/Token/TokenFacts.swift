/// What the verdict on a token rests on, and nothing else: what the index keeps of it in memory.
package struct TokenFacts: Sendable {
    package var secret: SecretDigest
    /// The secret before the last rotation, while its grace lasts.
    package var previous: PreviousSecret?
    package var expiresAt: Timestamp?
    package var ending: Ending.Kind?

    @inlinable
    package init(
        secret: SecretDigest, previous: PreviousSecret?, expiresAt: Timestamp?, ending: Ending.Kind?
    ) {
        self.secret = secret
        self.previous = previous
        self.expiresAt = expiresAt
        self.ending = ending
    }

    /// The whole decision about one token. Pure. `unmet` is what the demand misses in its terms, asked for
    /// only when there is nothing weightier.
    @inlinable
    package func verdict(
        on presented: SecretDigest, standing: Standing, at now: Timestamp, unmet: () -> Refusal?
    ) -> Verdict {
        guard accepts(presented, at: now) else { return .wrongSecret }
        switch state(standing: standing, at: now) {
        case .active: break
        case .expired: return .refused(.expired)
        case .suspended: return .refused(.suspended)
        case .obsolete: return .refused(.obsolete)
        case .revoked: return .refused(.revoked)
        // A purged token is deleted: only its tombstone is left, and that answers to nobody.
        case .purged: return .wrongSecret
        }
        if let refusal = unmet() { return .refused(refusal) }
        return .active
    }

    /// The final word outranks the reversible one: what is revoked stays revoked whatever its owner does,
    /// and a token of somebody gone is obsolete also when it has expired.
    @inlinable
    package func state(standing: Standing, at now: Timestamp) -> TokenState {
        switch ending {
        case .revoked: return .revoked
        case .purged: return .purged
        case nil: break
        }
        if standing == .gone { return .obsolete }
        if let expiresAt, expiresAt <= now { return .expired }
        return standing == .present ? .active : .suspended
    }

    /// Both secrets are compared whenever there are two, so that the time taken tells nothing of which one
    /// matched.
    @inlinable
    package func accepts(_ presented: SecretDigest, at now: Timestamp) -> Bool {
        let current = presented == secret
        guard let previous else { return current }
        let former = presented == previous.secret
        return current || (former && now < previous.until)
    }
}
