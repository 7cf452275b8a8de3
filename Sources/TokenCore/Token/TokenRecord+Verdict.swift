/// What a service demands of a token besides being good. What is nil or empty is not demanded.
package struct Demand: Hashable, Sendable {
    package var audience: String?
    package var flags: [String]
    package var write: Bool

    package init(audience: String? = nil, flags: [String] = [], write: Bool = false) {
        self.audience = audience
        self.flags = flags
        self.write = write
    }
}

/// The answer to "is this token good for that?". A refusal is a result, not an error.
package enum Verdict: Hashable, Sendable {
    case active
    /// Told apart from the refusals because it must look the same as an unknown token to whoever asks.
    case wrongSecret
    case refused(Refusal)
}

/// Why a token whose secret was right is refused all the same.
package enum Refusal: String, Sendable, CaseIterable {
    case expired
    case suspended
    case obsolete
    case revoked
    case wrongAudience = "wrong_audience"
    case missingFlag = "missing_flag"
    case readOnly = "read_only"
}

extension TokenRecord {
    /// The whole decision about one token. Pure.
    package func verdict(
        on presented: SecretDigest, for demand: Demand, standing: Standing, at now: Timestamp
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
        if let audience = demand.audience, audience != self.audience { return .refused(.wrongAudience) }
        if !demand.flags.allSatisfy(flags.contains) { return .refused(.missingFlag) }
        if demand.write && !write { return .refused(.readOnly) }
        return .active
    }

    /// The final word outranks the reversible one: what is revoked stays revoked whatever its owner does,
    /// and a token of somebody gone is obsolete also when it has expired.
    package func state(standing: Standing, at now: Timestamp) -> TokenState {
        if let ending {
            switch ending.kind {
            case .revoked: return .revoked
            case .purged: return .purged
            }
        }
        if standing == .gone { return .obsolete }
        if isExpired(at: now) { return .expired }
        return standing == .present ? .active : .suspended
    }

    package func isExpired(at now: Timestamp) -> Bool {
        guard let expiresAt else { return false }
        return expiresAt <= now
    }

    /// Both secrets are compared whenever there are two, so that the time taken tells nothing of which one
    /// matched.
    private func accepts(_ presented: SecretDigest, at now: Timestamp) -> Bool {
        let current = presented == secret
        guard let previous else { return current }
        let former = presented == previous.secret
        return current || (former && now < previous.until)
    }
}
