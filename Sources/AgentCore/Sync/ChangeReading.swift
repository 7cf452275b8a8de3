import TokenCore
import TokenStorage

/// What a directory tells of changes, applied at once. Hints only: whoever is said to be gone or disabled is
/// looked up first, as in a full reading, and counts towards the same guard.
struct ChangeReading: Sendable {
    let directory: DirectorySettings
    let store: TokenStore
    let clock: @Sendable () -> Timestamp
    let by: Author
    let foundMeanwhile: FoundMeanwhile

    var source: String { directory.source.name }

    /// Why everybody has to be read where what was told does not say so itself.
    static let whyFully =
        "a branch of the directory has moved, or somebody is enabled and nobody shows why they were not"

    /// Applies one set, looking people up on `session`, which told it or is of the same server. The cookie
    /// is stored with the effects: what was not applied is told again. nil when everybody has to be read
    /// instead.
    func apply(
        _ set: ChangeSet, on session: any DirectorySession, hasToldIt: Bool
    ) async throws(AgentError) -> SyncReport? {
        guard !set.mustReadFully else { return nil }
        do { return try await look(set, session, hasToldIt) } catch { throw AgentError(error) }
    }

    private func look(
        _ set: ChangeSet, _ session: any DirectorySession, _ hasToldIt: Bool
    ) async throws -> SyncReport? {
        let known = try await store.read { reader in try self.known(set, reader) }
        var isCurrent = hasToldIt
        // One URL may lead to several servers, and this one be behind the one that told.
        if !isCurrent, !known.doubtful.isEmpty, let told = set.progress,
            let progress = try await session.progress()
        {
            if let lack = progress.lack(of: told) { return unsettled(session.server, lack) }
            isCurrent = true
        }
        let confirmed = await session.confirm(known.doubtful)
        // Whom it could not ask about any more would pass for unknown, and the others be acted on.
        guard !Task.isCancelled else { throw DirectoryError.cancelled }
        guard !known.branchMoved(confirmed) else { return nil }
        let people = set.upserts.filter { confirmed[$0.id.id] == nil } + confirmed.values.compactMap(\.person)
        // Rights to it that were withdrawn make everybody look enabled: a reading of all finds that.
        for attribute in known.reasons(ofEnabled: people) {
            guard try await session.shows(attribute) else { return nil }
        }
        let plan = plan(confirmed, known)
        if let hold = try await hold(plan, known.people(after: set, confirmed), known) {
            return try await keep(hold, known)
        }
        var change = Change(set: set, people: people, confirmed: confirmed, plan: plan)
        change.server = session.server
        change.sight = Sight(source: source, server: await session.identity, progress: set.progress)
        if !isCurrent { change.returned = set.departures.filter { confirmed[$0]?.person != nil } }
        return try await commit(change, known)
    }

    private func unsettled(_ server: String, _ lack: String) -> SyncReport {
        var report = SyncReport(source: source)
        report.error = "\(server) has not yet got what is told of changes: \(lack)"
        return report
    }

    // MARK: What was known

    /// The people a set names, as the store has them.
    struct Known: Sendable {
        var state: SourceState
        var held: HeldPlan?
        var people: [String: PersonRecord] = [:]
        /// Those of them who own tokens.
        var owners: Set<String> = []
        /// Whom to look up before anything is believed.
        var doubtful: [String] = []
        /// The people who were removed lately.
        var removedLately: Set<String> = []

        /// How many people there are after a set: a drop counts, whoever of them owns tokens.
        func people(after set: ChangeSet, _ confirmed: [String: Presence]) -> Int {
            let new = Set(set.upserts.map(\.id.id)).union(confirmed.compactMap { $1.person?.id.id })
                .count { !isCounted($0) && confirmed[$0]?.evidence == nil }
            let left = confirmed.count { id, presence in presence.evidence != nil && isCounted(id) }
            return state.people + new - left
        }

        /// Whether they are among the people of the source so far.
        func isCounted(_ id: String) -> Bool {
            people[id]?.standing.isThere ?? false
        }

        /// By which attributes those were disabled who are not any more.
        func reasons(ofEnabled told: [Person]) -> Set<String> {
            Set(
                told.compactMap { person in
                    guard person.standing == .present, let before = people[person.id.id],
                        before.standing == .disabled
                    else { return nil }
                    return before.person.disabled
                })
        }

        /// Something that is nobody we know is said to be gone, and is found elsewhere: a branch that moved,
        /// with whoever is under it, of which no server tells more than the branch.
        func branchMoved(_ confirmed: [String: Presence]) -> Bool {
            confirmed.contains { id, presence in
                people[id] == nil && presence.evidence.map { $0 != .deleted } == true
            }
        }
    }

    private func known(_ set: ChangeSet, _ reader: StoreReader) throws -> Known {
        let state = try reader.sourceState(source) ?? SourceState(source: source)
        var known = Known(state: state, held: try reader.heldPlan(source))
        for id in Set(set.upserts.map(\.id.id) + set.hints) {
            let owner = OwnerID(source: source, id: id)
            guard let record = try reader.person(owner) else { continue }
            known.people[id] = record
            if try reader.tokenCount(owner: owner) > 0 { known.owners.insert(id) }
        }
        let disabled = set.upserts.filter { person in
            person.standing == .disabled && known.people[person.id.id]?.standing == .present
        }
        known.doubtful = Array(Set(set.hints + disabled.map(\.id.id)))
        let now = clock()
        known.removedLately = try reader.removed(of: source, after: state.guardWindow(at: now), by: now)
        return known
    }

    // MARK: The guard

    private func plan(_ confirmed: [String: Presence], _ known: Known) -> RemovalPlan {
        var plan = RemovalPlan(
            source: source, fingerprint: directory.source.fingerprint,
            confirmed: confirmed.filter { known.owners.contains($0.key) },
            logins: known.people.mapValues(\.person.login))
        plan.removals.removeAll { known.people[$0.owner.id]?.standing == $0.evidence.standing }
        plan.disabled = confirmed.values.compactMap(\.person).filter { person in
            person.standing == .disabled && known.owners.contains(person.id.id)
                && known.people[person.id.id]?.standing == .present
        }.map { Disabling(owner: $0.id, login: $0.login) }
        return plan
    }

    /// The owners are counted only when their number matters: most changes are of a few people.
    private func hold(_ plan: RemovalPlan, _ people: Int, _ known: Known) async throws -> Hold? {
        let count = plan.removals.count
        // Where nobody is enumerated there is no count to fall.
        let isDropping = directory.enumerates && people < known.state.people
        guard count > 0 || isDropping else { return nil }
        var last = LastReading(
            fingerprint: known.state.fingerprint, people: known.state.peopleMost, owners: 0)
        let lately = plan.countWith(known.removedLately)
        let removals = count + lately
        if count > 0, removals > directory.limits.removalsMax {
            // No further than to as many as let it pass.
            let enough = directory.limits.ownersMin(letting: removals)
            last.owners = try await store.read { [source] in try $0.ownerCount(of: source, atMost: enough) }
        }
        return directory.limits.hold(
            plan, people: isDropping ? people : last.people, last: last,
            removedLately: lately)
    }

    /// Without the cookie: the same changes are told again, and held again, until a full reading settles it.
    private func keep(_ hold: Hold, _ known: Known) async throws -> SyncReport {
        let held = HeldPlan(hold: hold, at: clock(), after: known.held)
        let isNew = !held.isSame(as: known.held)
        let event = AuditEvent(
            at: held.heldAt, kind: .syncHeld, source: source, by: by,
            detail: "\(source): plan \(hold.plan.id) \(hold.plan.effect)")
        try await store.mutate { writer in
            try writer.hold(held)
            if isNew { try writer.append(event) }
        }
        var report = SyncReport(source: source)
        report.complete = true
        report.people = known.state.people
        report.held = held
        return report
    }
}

extension Presence {
    /// The person, where they are there after all.
    var person: Person? { if case .present(let person) = self { person } else { nil } }
}
