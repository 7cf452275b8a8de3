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

    /// Whether any good token will do.
    package var isEmpty: Bool { audience == nil && flags.isEmpty && !write }
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

extension Demand {
    /// What a token of these terms misses; nil when it has all that is demanded. Texts count byte for byte.
    package func unmet(audience: String, flags: [String], write: Bool) -> Refusal? {
        if let demanded = self.audience, Spelling(demanded) != Spelling(audience) { return .wrongAudience }
        for demanded in self.flags where !flags.contains(where: { Spelling($0) == Spelling(demanded) }) {
            return .missingFlag
        }
        if self.write && !write { return .readOnly }
        return nil
    }
}

extension TokenRecord {
    package var facts: TokenFacts {
        TokenFacts(secret: secret, previous: previous, expiresAt: expiresAt, ending: ending?.kind)
    }

    /// The decision about a token as it is kept.
    package func verdict(
        on presented: SecretDigest, for demand: Demand, standing: Standing, at now: Timestamp
    ) -> Verdict {
        facts.verdict(on: presented, standing: standing, at: now) {
            demand.unmet(audience: audience, flags: flags, write: write)
        }
    }

    package func state(standing: Standing, at now: Timestamp) -> TokenState {
        facts.state(standing: standing, at: now)
    }
}
