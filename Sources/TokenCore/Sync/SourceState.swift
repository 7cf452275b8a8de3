/// What is remembered of a source between readings, across restarts.
package struct SourceState: Hashable, Sendable {
    package var source: String
    /// How many readings were begun: the number of the latest.
    package var reading: Int
    package var lastAttemptAt: Timestamp?
    /// The last reading that was complete and accepted.
    package var lastCompleteAt: Timestamp?
    /// As they are known by now: changes are counted as they come.
    package var people: Int
    /// As the last accepted full reading had them: what a drop is measured by. Changes leave it alone.
    package var counted: Int
    /// When somebody last approved a plan: the guard adds up what was removed since.
    package var approvedAt: Timestamp?
    /// Of the last accepted reading.
    package var fingerprint: String?
    package var method: String?
    /// By which attribute its people are known, also those whom only look-ups have told of; nil where there
    /// is no choice, and in databases of before.
    package var idAttribute: String?
    /// Up to where the source's changes are known; nil where they cannot be told, or must be told anew.
    package var cookie: ChangeCookie?
    /// What the source said when it was last asked for a first cookie: to the methods tried before the
    /// cookie's own, or to all of them where there is none.
    package var changesRefusal: String?
    /// How many owners of tokens the latest complete reading did not have and could not ask about: they stay
    /// as they are, whether or not they have left.
    package var unconfirmed: Int
    /// Why not, of one of them.
    package var unconfirmedWhy: String?
    /// Why the latest attempt did not end in an accepted reading, in words; nil when it did.
    package var lastError: String?

    package init(source: String) {
        self.source = source
        reading = 0
        people = 0
        counted = 0
        unconfirmed = 0
    }
}

/// A plan the guard stopped, as it is kept until it is approved or no longer holds.
package struct HeldPlan: Hashable, Sendable {
    package var hold: Hold
    package var heldAt: Timestamp

    /// How long it may be approved. Somebody who approves has looked at it, and what was looked at weeks ago
    /// is not what is there now.
    package static let keptFor = TimeSpan.days(7)

    package init(hold: Hold, heldAt: Timestamp) {
        self.hold = hold
        self.heldAt = heldAt
    }

    /// Found again, the same plan has been held since the first time, until it expires: then it is held anew.
    package init(hold: Hold, at now: Timestamp, after earlier: HeldPlan?) {
        let isKnown = earlier?.hold.plan.id == hold.plan.id && earlier?.isExpired(at: now) == false
        self.init(hold: hold, heldAt: isKnown ? earlier?.heldAt ?? now : now)
    }

    /// Whether it is that plan, held since then; the counts beside it may be others by now.
    package func isSame(as other: HeldPlan?) -> Bool {
        other.map { $0.hold.plan.id == hold.plan.id && $0.heldAt == heldAt } ?? false
    }

    package var expiresAt: Timestamp { heldAt + Self.keptFor }

    package func isExpired(at now: Timestamp) -> Bool { now >= expiresAt }
}
