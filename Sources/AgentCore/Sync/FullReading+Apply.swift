import TokenCore
import TokenStorage

extension FullReading {
    /// How many people are written at once: what waits for the writer waits a few milliseconds.
    private static var groupMax: Int { 2000 }

    /// The bookkeeping first, a part at a time, then all that is of consequence in one transaction, with the
    /// reading's number: a crash in between is as if the reading had not been.
    func apply(
        _ findings: Findings, _ plan: RemovalPlan, _ before: Before, approved: String?
    ) async throws -> AppliedReading {
        let now = clock()
        try await know(findings.idAttribute?.name, before)
        if let spool = findings.sightings.spool {
            try await write(spool, memberships: findings.memberships, at: now)
        }
        if findings.ledger.added + findings.ledger.changed > Self.groupMax {
            try await store.mutate(alone: true) { $0.releaseMemory() }
        }
        try await forgetVanished(findings, before, at: now)
        var state = state(after: findings, before, at: now)
        if approved != nil { state.approvedAt = now }
        return try await store.mutate(alone: true) { [state] writer in
            var accepted = AcceptedReading(
                state: state, now: now, by: number(findings, before))
            accepted.found = foundMeanwhile.of(source)
            accepted.changed = try changes(findings, before, writer.reader, at: now)
            accepted.removals = plan.removals
            accepted.events = try events(findings, before, writer.reader, at: now)
            let applied = try writer.apply(accepted)
            if let sight = findings.sight { try see(sight, before, &writer) }
            try writer.dropHeldPlan(source: source)
            if let approved { try writer.append(approval(of: approved, at: now)) }
            return applied
        }
    }

    /// By which attribute people are known who are put on record before their reading is accepted: they may
    /// get tokens at once.
    func know(_ idAttribute: String?, _ before: Before) async throws {
        guard let idAttribute, before.state.fingerprint == nil else { return }
        try await store.mutate { [source] in try $0.know(idAttribute, of: source) }
    }

    /// Writes who was spooled since the last time.
    func write(_ spool: PeopleSpool, memberships: [String: [String]], at now: Timestamp) async throws {
        guard spool.count > 0 else { return }
        let people = try await store.read { _ in try spool.take() }
        for start in stride(from: 0, to: people.count, by: Self.groupMax) {
            if Task.isCancelled { throw DirectoryError.cancelled }
            let group = start..<min(start + Self.groupMax, people.count)
            try await store.mutate(alone: true) { [source] writer in
                try writer.put(people, group, of: source, at: now, memberships: memberships)
            }
        }
    }

    /// Who was not seen and has no tokens. Whom nothing could be told of stays.
    private func forgetVanished(_ findings: Findings, _ before: Before, at now: Timestamp) async throws {
        let ledger = findings.ledger
        guard ledger.unseen > 0 else { return }
        let owners = Set(before.owners.map(\.id.id)).union(findings.othersUnknown)
        let vanished = try await store.read { [source] reader in
            try reader.people(of: source) { ledger.saw($0) }.filter { !owners.contains($0) }
        }
        for start in stride(from: 0, to: vanished.count, by: Self.groupMax) {
            let group = vanished[start..<min(start + Self.groupMax, vanished.count)]
            try await store.mutate(alone: true) { [source, foundMeanwhile] writer in
                let found = foundMeanwhile.of(source)
                try writer.forget(
                    group.filter { !found.contains(OwnerID(source: source, id: $0)) }, of: source, at: now)
            }
        }
    }

    private func state(after findings: Findings, _ before: Before, at now: Timestamp) -> SourceState {
        var state = before.state
        state.lastCompleteAt = now
        if directory.enumerates {
            (state.people, state.counted) = (findings.ledger.people, findings.ledger.people)
        }
        state.fingerprint = directory.source.fingerprint
        state.method = findings.method
        state.idAttribute = findings.idAttribute?.name
        state.cookie = findings.cookie
        state.changesRefusal = findings.changesRefusal
        state.note(findings)
        return state
    }

    /// Those whose record is to be written with the decision: who stands otherwise than before, or has other
    /// memberships.
    private func changes(
        _ findings: Findings, _ before: Before, _ reader: StoreReader, at now: Timestamp
    ) throws -> [PersonRecord] {
        var records = findings.sightings.turned.map { change in
            PersonRecord(
                person: change.person, standing: change.person.standing, since: now,
                memberships: findings.memberships(of: change.person.id.id))
        }
        let written = Set(records.map(\.id.id))
        let members = findings.members.values.reduce(into: Set(before.memberships.keys)) { $0.formUnion($1) }
        for id in members.subtracting(written) where findings.ledger.saw(id) {
            let memberships = findings.memberships(of: id)
            guard memberships != before.memberships[id] ?? [],
                var record = try reader.person(OwnerID(source: source, id: id)),
                record.memberships != memberships
            else { continue }
            record.memberships = memberships
            records.append(record)
        }
        return records
    }

    /// Who did it, for the audit trail: a reading by its number, and the server it was pinned to.
    private func number(_ findings: Findings, _ before: Before) -> Author {
        "reading \(before.state.reading) of \(source) from \(findings.server)"
    }

    /// The audit lines, but those of removals: of owners who were disabled or are back, and of the reading
    /// itself.
    private func events(
        _ findings: Findings, _ before: Before, _ reader: StoreReader, at now: Timestamp
    ) throws -> [AuditEvent] {
        let ledger = findings.ledger
        let number = number(findings, before)
        var events: [AuditEvent] = []
        for change in findings.sightings.turned {
            guard let was = change.was, was != change.person.standing,
                try reader.tokenCount(owner: change.person.id) > 0
            else { continue }
            let isDisabled = change.person.standing == .disabled
            let why = change.person.disabled.map { ": \($0)" } ?? ""
            events.append(
                AuditEvent(
                    at: now, kind: isDisabled ? .userDisabled : .userBack, owner: change.person.id,
                    by: number,
                    detail: "\(change.person.login), who was \(was.rawValue)\(why)"))
        }
        if ledger.added + ledger.changed > 0 {
            let detail = "\(number): \(ledger.people) people, \(ledger.added) new, \(ledger.changed) changed"
            events.append(AuditEvent(at: now, kind: .syncAccepted, source: source, by: by, detail: detail))
        }
        return events
    }

    private func approval(of plan: String, at now: Timestamp) -> AuditEvent {
        AuditEvent(
            at: now, kind: .syncApproved, source: source, by: by, detail: "\(source): plan \(plan)")
    }
}
