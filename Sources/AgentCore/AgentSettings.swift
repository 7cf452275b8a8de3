package import TokenCore

/// What the configuration decides about tokens and callers. Can be replaced while the agent runs.
package struct AgentSettings: Hashable, Sendable {
    package var access: Access
    package var tokens: TokenRules
    package var purge: PurgeRules

    package init(access: Access, tokens: TokenRules = TokenRules(), purge: PurgeRules = PurgeRules()) {
        self.access = access
        self.tokens = tokens
        self.purge = purge
    }
}

package struct TokenRules: Hashable, Sendable {
    /// How long a token lasts whose maker says nothing; nil is for ever.
    package var defaultExpiry: TimeSpan?
    /// The longest that a token may last; nil is no limit.
    package var maxExpiry: TimeSpan?
    package var perOwnerMax: Int
    /// How many tokens that were revoked are kept for their time, of one who makes and revokes their own:
    /// without a bound, somebody who does nothing else would fill the disk.
    package var revokedPerOwnerMax: Int { perOwnerMax * 10 }

    package init(defaultExpiry: TimeSpan? = nil, maxExpiry: TimeSpan? = nil, perOwnerMax: Int = 50) {
        self.defaultExpiry = defaultExpiry
        self.maxExpiry = maxExpiry
        self.perOwnerMax = perOwnerMax
    }
}

package struct PurgeRules: Hashable, Sendable {
    /// Whether obsolete tokens are purged after each complete reading.
    package var auto: Bool
    /// How long a token stays obsolete before auto-purge takes it.
    package var grace: TimeSpan
    /// How long a revoked or purged token can still be looked at and restored.
    package var tombstone: TimeSpan
    /// How long an expired token is kept.
    package var expiredAfter: TimeSpan

    package init(
        auto: Bool = true, grace: TimeSpan = .hours(24), tombstone: TimeSpan = .days(30),
        expiredAfter: TimeSpan = .days(30)
    ) {
        self.auto = auto
        self.grace = grace
        self.tombstone = tombstone
        self.expiredAfter = expiredAfter
    }
}

/// A directory and how it is to be read.
package struct DirectorySettings: Sendable {
    package var source: any DirectorySource
    package var limits: GuardLimits
    /// A login that must be in every complete reading; nil lets the agent elect its own.
    package var canary: String?
    /// Between two full readings.
    package var interval: TimeSpan
    /// Between two questions for changes, where the source can tell them.
    package var changesInterval: TimeSpan
    package var watching: Watching
    /// false: only owners of tokens are looked up, one by one.
    package var enumerates: Bool
    /// How many questions about single people it is asked at a time, and how many may wait.
    package var questionsMax = 8
    package var questionsWaitingMax = 256

    /// Whether a connection is kept open on which the source tells changes as they happen.
    package enum Watching: Hashable, Sendable {
        case never
        /// On OpenLDAP: a persistent search has crashed 389-ds (389-ds-base#7601).
        case whereSafe
        case always
    }

    package init(
        source: any DirectorySource, limits: GuardLimits = GuardLimits(), canary: String? = nil,
        interval: TimeSpan = .hours(24), enumerates: Bool = true
    ) {
        changesInterval = .minutes(5)
        watching = .never
        self.source = source
        self.limits = limits
        self.canary = canary
        self.interval = interval
        self.enumerates = enumerates
    }
}
