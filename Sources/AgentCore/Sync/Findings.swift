import TokenCore
import TokenStorage

/// A source as it was known when the reading began.
struct Before: Sendable {
    let begun: Timestamp
    var state: SourceState
    var held: HeldPlan?
    var owners: [OwnerSummary] = []
    /// By which attribute its people are known, where any are.
    var knownBy: String?
    /// How much of the directory was seen before.
    var horizon: Horizon
    var memberships: [String: [String]] = [:]
    /// The people who were removed lately.
    var removedLately: Set<String> = []

    init(begun: Timestamp, state: SourceState, held: HeldPlan?) {
        self.begun = begun
        self.state = state
        self.held = held
        horizon = Horizon(source: state.source)
    }

    /// What the guard compares with. Where no reading has counted people, the owners that were there do.
    func last(_ directory: DirectorySettings) -> LastReading {
        let isCounted = directory.enumerates && state.fingerprint != nil
        let known = directory.enumerates ? ownersThere : ownersKnown
        return LastReading(
            fingerprint: state.fingerprint, people: isCounted ? state.peopleMost : known.count,
            owners: owners.count)
    }

    /// Those whom a directory should still have.
    var ownersKnown: [OwnerSummary] { owners.filter { $0.standing != .gone } }

    var ownersThere: [OwnerSummary] { owners.filter { $0.standing == .present } }
}

/// What a complete reading found.
struct Findings: Sendable {
    let server: String
    var sightings: Sightings
    var ledger: ReadingLedger { sightings.ledger }
    var method = ""
    /// How far its server had got in the end.
    var sight: Sight?
    /// By which attribute its people were known.
    var idAttribute: IDAttribute?
    /// Up to where the source's changes were known when the reading began.
    var cookie: ChangeCookie?
    /// As `SourceState.changesRefusal`.
    var changesRefusal: String?
    /// What the point look-ups said of the owners whom the enumeration did not have.
    var confirmed: [String: Presence] = [:]
    /// The same of people without tokens, where nobody is enumerated.
    var others: [String: Presence] = [:]
    /// The ids of the people who match each directory filter of the access rules.
    var members: [String: Set<String>] = [:]

    init(server: String, _ sightings: consuming Sightings) {
        self.server = server
        self.sightings = sightings
    }

    /// Whether anybody would stand otherwise than before.
    func takesAway(from before: Before) -> Bool {
        before.owners.contains { owner in
            guard let evidence = confirmed[owner.id.id]?.evidence else { return false }
            return evidence.standing != owner.standing
        }
    }

    var presentAfterAll: [Person] {
        (Array(confirmed.values) + Array(others.values)).compactMap {
            if case .present(let person) = $0 { person } else { nil }
        }
    }

    /// Who was looked up and is in the directory, be it elsewhere, by the digests of their ids.
    var foundByID: Set<UInt64> {
        Set(
            confirmed.merging(others) { $1 }.compactMap { id, presence in
                switch presence {
                case .present, .moved, .notEligible: TextDigest.of(id)
                case .deleted, .unknown: nil
                }
            })
    }

    /// What was told of all who were asked about.
    mutating func take(_ told: [String: Presence], others ids: Set<String>) {
        confirmed = told.filter { !ids.contains($0.key) }
        others = told.filter { ids.contains($0.key) }
    }

    /// Whether anybody without tokens is there by the id by which they were known.
    var foundOther: Bool { others.values.contains { if case .present = $0 { true } else { false } } }

    /// Those without tokens who could not be asked about.
    var othersUnknown: [String] {
        others.compactMap { id, presence in if case .unknown = presence { id } else { nil } }
    }

    /// Why nobody could be asked about, where nobody could.
    var onlyError: DirectoryError? {
        let told = confirmed.merging(others) { $1 }.sorted { $0.key < $1.key }.map(\.value)
        let errors = told.compactMap { if case .unknown(let error) = $0 { error } else { nil } }
        return errors.count == told.count ? errors.first : nil
    }

    /// The errors of look-ups that could not be made: those owners stay as they are.
    var unconfirmed: [DirectoryError] {
        confirmed.sorted { $0.key < $1.key }.compactMap {
            if case .unknown(let error) = $0.value { error } else { nil }
        }
    }

    /// The directory filters that somebody matches, by id, for those who match any.
    var memberships: [String: [String]] {
        members.sorted { $0.key < $1.key }.reduce(into: [:]) { all, members in
            for id in members.value { all[id, default: []].append(members.key) }
        }
    }

    func memberships(of id: String) -> [String] {
        members.filter { $0.value.contains(id) }.map(\.key).sorted()
    }
}

extension SourceState {
    /// Of a reading that was complete, accepted or not.
    mutating func note(_ findings: Findings) {
        let errors = findings.unconfirmed
        lastError = nil
        unconfirmed = errors.count
        unconfirmedWhy = errors.first?.description
    }
}
