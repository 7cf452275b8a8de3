import TokenCore
import TokenStorage

extension ChangeReading {
    /// A set after its look-ups.
    struct Change: Sendable {
        let set: ChangeSet
        /// Who is there.
        let people: [Person]
        let confirmed: [String: Presence]
        let plan: RemovalPlan
        /// Who is said to be gone and is found all the same, perhaps by a server that has not heard of it.
        var returned: Set<String> = []
        /// Where they were looked up.
        var server = ""
        var sight: Sight?

        /// The errors of look-ups that could not be made.
        var unconfirmed: [DirectoryError] {
            confirmed.values.compactMap { if case .unknown(let error) = $0 { error } else { nil } }
        }

        /// Whoever could not be asked about is asked about again: then the cookie stays where it was.
        var isSettled: Bool { unconfirmed.isEmpty && returned.isEmpty }

        /// Why it is not.
        var doubt: String? {
            if let error = unconfirmed.first {
                return "\(unconfirmed.count) people could not be looked up and stay as they are: \(error)"
            }
            return returned.isEmpty ? nil : "\(returned.count) people are said to be gone, and are found"
        }
    }

    /// One transaction: the effects, and the cookie behind them.
    func commit(
        _ change: Change, _ known: Known
    ) async throws -> SyncReport {
        let now = clock()
        let records = records(change, known, at: now)
        var report = SyncReport(source: source)
        report.method = change.set.method
        report.complete = change.isSettled
        report.added = records.count { known.people[$0.id.id] == nil }
        report.changed = records.count - report.added
        report.disabled = records.count { record in
            record.standing == .disabled && known.people[record.id.id]?.standing != .disabled
        }
        report.unconfirmed = change.unconfirmed.count
        report.error = change.doubt
        let by: Author = "changes of \(source) from \(change.server)"
        let events = events(records, known, at: now, by: by)
        let people = known.people(after: change.set, change.confirmed)
        let (applied, left, unjudged) = try await store.mutate { [source, foundMeanwhile] writer in
            let found = foundMeanwhile.of(source)
            var state = try writer.reader.sourceState(source) ?? known.state
            var accepted = AcceptedReading(state: state, now: now, by: by)
            accepted.changed = records
            accepted.removals = change.plan.removals
            accepted.removals += try late(change, known, found, writer.reader)
            accepted.found = found
            accepted.events = events
            let applied = try writer.apply(accepted)
            // Who was left alone, and who got a first token and is one too many, are asked about again.
            var unjudged = Set(applied.spared.map(\.id))
            var stayed = 0
            for (id, presence) in change.confirmed where presence.evidence != nil {
                let owner = OwnerID(source: source, id: id)
                if !found.contains(owner), try writer.forgetOrMiss(owner, at: now) { continue }
                guard let standing = try writer.reader.person(owner)?.standing,
                    standing == .present || standing == .disabled
                else { continue }
                unjudged.insert(id)
                stayed += 1
            }
            state.people = max(people + stayed, 0)
            if change.isSettled, unjudged.isEmpty { state.cookie = change.set.cookie }
            try writer.put(state)
            if var sight = change.sight {
                // Changes tell it, too, where the server does not show it, and no look-up could be held
                // against it.
                if try writer.reader.horizon(source).progress == nil { sight.progress = nil }
                try writer.see(sight)
            }
            return (applied, state.people, unjudged.count)
        }
        report.people = left
        if unjudged > 0 {
            report.error =
                "\(unjudged) people were found or got a first token meanwhile, and are asked about again"
        }
        report.gone = applied.removed.count { $0.evidence == .deleted }
        report.missing = applied.removed.count - report.gone
        return report
    }

    /// Those who got their first token while they were looked up: as many as may go without the guard's
    /// asking, which has not counted them, or nobody.
    private func late(
        _ change: Change, _ known: Known, _ found: Set<OwnerID>, _ reader: StoreReader
    ) throws -> [Removal] {
        let planned = Set(change.plan.removals.map(\.owner))
        var late: [Removal] = []
        for (id, presence) in change.confirmed {
            let owner = OwnerID(source: source, id: id)
            guard let evidence = presence.evidence, !planned.contains(owner), !found.contains(owner),
                let standing = try reader.person(owner)?.standing,
                standing.isThere, try reader.tokenCount(owner: owner) > 0
            else { continue }
            late.append(Removal(owner: owner, evidence: evidence))
        }
        let plan = change.plan.removals.count
        let lately = known.removedLately.subtracting((planned.union(late.map(\.owner))).map(\.id)).count
        return plan + late.count + lately > directory.limits.removalsMax
            ? [] : late.sorted { $0.owner < $1.owner }
    }

    /// Whoever is new or not as remembered. A membership is known only after a full reading, and that of
    /// somebody who was away is of before they left.
    private func records(_ change: Change, _ known: Known, at now: Timestamp) -> [PersonRecord] {
        change.people.compactMap { person in
            guard let before = known.people[person.id.id] else {
                return PersonRecord(person: person, standing: person.standing, since: now)
            }
            guard before.person != person || before.standing != person.standing else { return nil }
            return PersonRecord(
                person: person, standing: person.standing,
                since: before.standing == person.standing ? before.since : now,
                memberships: before.standing.isThere ? before.memberships : [])
        }
    }

    private func events(
        _ records: [PersonRecord], _ known: Known, at now: Timestamp, by: Author
    ) -> [AuditEvent] {
        records.compactMap { record in
            guard known.owners.contains(record.id.id), let before = known.people[record.id.id],
                before.standing != record.standing
            else { return nil }
            let why = record.person.disabled.map { ": \($0)" } ?? ""
            return AuditEvent(
                at: now, kind: record.standing == .disabled ? .userDisabled : .userBack, owner: record.id,
                by: by,
                detail: "\(record.person.login), who was \(before.standing.rawValue)\(why)")
        }
    }
}
