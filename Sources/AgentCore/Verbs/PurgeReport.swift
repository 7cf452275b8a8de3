package import TokenCore
import TokenStorage

package struct PurgeRequest: Hashable, Sendable {
    package var dryRun: Bool
    /// Purge exactly what the dry run of this plan showed, or nothing.
    package var plan: String?
    /// Only tokens of this source.
    package var source: String?
    /// How many tokens the report names; the rest it only counts.
    package var listedMax = 1000

    package init(dryRun: Bool = false, plan: String? = nil, source: String? = nil) {
        self.dryRun = dryRun
        self.plan = plan
        self.source = source
    }
}

package struct PurgedToken: Hashable, Sendable {
    package var token: UserCode
    package var owner: OwnerID
    package var login: String
    package var email: String?
    package var audience: String
    package var reason: String
    /// Since when the owner is gone.
    package var since: Timestamp
}

package struct PurgeReport: Sendable {
    /// The hash of all that is obsolete when it begins.
    package var plan: String
    package var dryRun: Bool
    /// How many are purged, or would be.
    package var count = 0
    /// The first of them, at most the request's `listedMax`.
    package var purged: [PurgedToken] = []
    /// The plan that a directory's guard holds: from then on nothing is purged, and as a rule that is the
    /// beginning.
    package var held: HeldPlan?
    /// Why it ended before all of its plan was purged, unless a plan was held.
    package var stopped: String?

    init(plan: String, dryRun: Bool) {
        self.plan = plan
        self.dryRun = dryRun
    }

    var isOver: Bool { held != nil || stopped != nil }

    mutating func add(_ part: PurgePart, listedMax: Int) {
        count += part.purged.count
        purged += part.purged.prefix(listedMax - purged.count)
        held = part.held
        stopped = part.stopped
    }
}

/// What one mutation of a purge did.
struct PurgePart: Sendable {
    var purged: [PurgedToken] = []
    var held: HeldPlan?
    var stopped: String?
}

extension PurgedToken {
    init(_ token: TokenRecord, _ owner: PersonRecord) {
        self.init(
            token: token.id, owner: owner.id, login: owner.person.login, email: owner.person.email,
            audience: token.audience, reason: owner.evidence?.rawValue ?? owner.standing.rawValue,
            since: owner.since)
    }
}
