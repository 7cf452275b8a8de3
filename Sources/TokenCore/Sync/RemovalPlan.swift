/// What one complete, confirmed reading would take away: the owners who would lose their tokens' use, because
/// they are not among the people any more or are disabled.
package struct RemovalPlan: Hashable, Sendable {
    package var source: String
    /// The source's fingerprint it was made under.
    package var fingerprint: String
    /// In the order of owners.
    package var removals: [Removal]
    /// Owners who were there and are disabled now, in their order. They count towards no limit, but who
    /// approves a plan must see them: another rule of who is disabled may suspend everybody.
    package var disabled: [Disabling] {
        didSet { disabled.sort { $0.owner < $1.owner } }
    }
    /// By how many hundredths the people are fewer than before, where that is why it is held: whoever
    /// approves a fall by a third has not approved one by half.
    package var dropPercent: Int?

    package init(source: String, fingerprint: String, removals: [Removal]) {
        self.source = source
        self.fingerprint = fingerprint
        self.removals = removals.sorted { $0.owner < $1.owner }
        disabled = []
    }

    /// The hash of its content: two readings that would take away the same have the same plan.
    package var id: String {
        let drop = dropPercent.map { ["\($0) % fewer people"] } ?? []
        return ContentHash.short(
            [source, fingerprint] + drop + removals.flatMap { [$0.owner.id, $0.evidence.rawValue] }
                + disabled.flatMap { [$0.owner.id, Disabling.word] })
    }

    /// What it would do, in a few words.
    package var effect: String {
        let told = "would remove \(removals.count)"
        return disabled.isEmpty ? told : "\(told) and suspend \(disabled.count) as disabled"
    }
}

/// One owner whose tokens would be suspended because the directory has them disabled.
package struct Disabling: Hashable, Sendable {
    /// Where evidence is told of others.
    package static let word = "disabled"

    package var owner: OwnerID
    /// For people to read.
    package var login: String

    package init(owner: OwnerID, login: String = "") {
        self.owner = owner
        self.login = login
    }
}

/// One owner who would lose the use of their tokens, and what the directory said of them.
package struct Removal: Hashable, Sendable {
    package var owner: OwnerID
    /// For people to read.
    package var login: String
    package var evidence: Evidence

    package init(owner: OwnerID, login: String = "", evidence: Evidence) {
        self.owner = owner
        self.login = login
        self.evidence = evidence
    }
}

/// What a point look-up said of an owner whom the reading did not have.
package enum Evidence: String, CaseIterable, Sendable {
    case deleted
    case moved
    case notEligible = "not_eligible"

    /// Only who is in the directory no more is gone. The others may come back by a correction of the filter
    /// or base.
    package var standing: Standing { self == .deleted ? .gone : .missing }

    /// By which look-up, for the audit trail.
    package var account: String {
        switch self {
        case .deleted: "deleted: looked up by stable id in the whole directory, and not found"
        case .moved: "moved: looked up by stable id, and found outside the base"
        case .notEligible: "not_eligible: looked up by stable id, and found where the filter does not match"
        }
    }

    /// From a line of the trail that ends with the account; nil when it has none.
    package init?(accountOf detail: String) {
        guard let told = Self.allCases.first(where: { detail.hasSuffix($0.account) }) else { return nil }
        self = told
    }
}
