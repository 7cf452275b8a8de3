import TokenCore
import TokenStorage

extension FullReading {
    /// One transaction: a crash in between is as if nothing had happened.
    func apply(
        _ findings: Findings, _ plan: RemovalPlan, _ before: Before, approved: String?
    ) async throws(AgentError) -> AppliedReading {
        let now = clock()
        var state = before.state
        state.lastCompleteAt = now
        if directory.enumerates { state.people = findings.ledger.people }
        state.fingerprint = directory.source.fingerprint
        state.method = findings.method
        state.cookie = findings.cookie
        state.lastError = nil
        let reading = state
        do {
            // Alone: a first reading of a large directory is too much for a savepoint.
            return try await store.mutate(alone: true) { writer in
                let changed = try changes(findings, before, writer.reader, at: now)
                var accepted = AcceptedReading(
                    state: reading, startedAt: before.begun, now: now, by: number(findings, before))
                accepted.changed = changed
                accepted.removals = plan.removals
                accepted.events = try events(findings, before, writer.reader, at: now)
                if directory.enumerates {
                    let ledger = findings.ledger
                    accepted.vanished = { !ledger.saw($0) }
                }
                let applied = try writer.apply(accepted)
                try writer.dropHeldPlan(source: source)
                if let approved { try writer.append(approval(of: approved, at: now)) }
                return applied
            }
        } catch {
            throw AgentError(error)
        }
    }

    /// Everybody whose record is to be written: new, changed, or of other memberships than before.
    private func changes(
        _ findings: Findings, _ before: Before, _ reader: StoreReader, at now: Timestamp
    ) throws -> [PersonRecord] {
        var records: [PersonRecord] = []
        for change in findings.ledger.changes {
            let standing = change.person.standing
            // The date of a standing outlives a change of labels.
            let since = change.was == standing ? try reader.person(change.person.id)?.since : nil
            records.append(
                PersonRecord(
                    person: change.person, standing: standing, since: since ?? now,
                    memberships: findings.memberships(of: change.person.id.id)))
        }
        let written = Set(records.map(\.id.id))
        let members = findings.members.values.reduce(into: Set(before.memberships.keys)) { $0.formUnion($1) }
        for id in members.subtracting(written) where findings.ledger.saw(id) {
            let memberships = findings.memberships(of: id)
            guard memberships != before.memberships[id] ?? [],
                var record = try reader.person(OwnerID(source: source, id: id))
            else { continue }
            record.memberships = memberships
            records.append(record)
        }
        return records
    }

    /// Who did it, for the audit trail: a reading by its number, and the server it was pinned to.
    private func number(_ findings: Findings, _ before: Before) -> String {
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
        for change in ledger.changes {
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
        if !ledger.changes.isEmpty {
            let detail = "\(number): \(ledger.people) people, \(ledger.added) new, \(ledger.changed) changed"
            events.append(AuditEvent(at: now, kind: .syncAccepted, by: by, detail: detail))
        }
        return events
    }

    private func approval(of plan: String, at now: Timestamp) -> AuditEvent {
        AuditEvent(at: now, kind: .syncApproved, by: by, detail: "\(source): plan \(plan)")
    }
}
