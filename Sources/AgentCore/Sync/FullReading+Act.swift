import TokenCore
import TokenStorage

extension FullReading {
    /// Holds what was found against the guard, then applies all of it or nothing.
    func act(
        on findings: Findings, after before: Before, _ request: SyncRequest
    ) async throws -> SyncReport {
        let plan = try await plan(findings, before)
        var report = report(findings, plan, request)
        let people = findings.people(in: before, directory)
        var hold = directory.limits.hold(
            plan, people: try await isVouchedFor(findings, before) ? people : 0, last: before.last(directory),
            removedLately: plan.countWith(before.removedLately))
        if let approved = request.approve {
            try await settle(approved, plan, (before, findings), hold: hold, dryRun: request.dryRun)
            hold = nil
        }
        if let hold {
            let held = HeldPlan(hold: hold, at: clock(), after: before.held)
            report.held = held
            report.gone = 0
            report.missing = 0
            if !request.dryRun { try await keep(held, before, findings) }
            return report
        }
        guard !request.dryRun else { return report }
        let done = try await apply(findings, plan, before, approved: request.approve)
        report.gone = done.removed.count { $0.evidence == .deleted }
        report.missing = done.removed.count - report.gone
        if report.error == nil, !done.spared.isEmpty {
            report.error = "\(done.spared.count) owners were found meanwhile: the next reading judges them"
        }
        return report
    }

    /// Whether somebody of the last accepted reading is still there, where anybody is to lose something. Who
    /// was put on record since, by changes or a look-up, may be of a directory that was made anew meanwhile,
    /// and says nothing of those who are not in it.
    private func isVouchedFor(_ findings: Findings, _ before: Before) async throws -> Bool {
        guard findings.takesAway(from: before), let last = before.state.lastCompleteAt,
            before.state.fingerprint == directory.source.fingerprint
        else { return true }
        let found = findings.foundByID
        return try await store.read { [source] reader in
            try reader.hasAnybody(of: source, since: last) { findings.ledger.saw($0) || found.contains($0) }
        }
    }

    /// Removals that would change nothing any more are none.
    private func plan(_ findings: Findings, _ before: Before) async throws -> RemovalPlan {
        let missed = findings.confirmed.filter { $0.value.evidence != nil }.map(\.key)
        let logins = missed.isEmpty ? [:] : try await logins(of: missed)
        var plan = RemovalPlan(
            source: source, fingerprint: directory.source.fingerprint, confirmed: findings.confirmed,
            logins: logins)
        let standings = Dictionary(
            before.owners.map { ($0.id, $0.standing) }, uniquingKeysWith: { a, _ in a })
        plan.removals.removeAll { standings[$0.owner] == $0.evidence.standing }
        plan.disabled = findings.sightings.turned.map(\.person).filter { person in
            person.standing == .disabled && standings[person.id] == .present
        }.map { Disabling(owner: $0.id, login: $0.login) }
        return plan
    }

    private func logins(of ids: [String]) async throws -> [String: String] {
        try await store.read { [source] reader in
            try ids.reduce(into: [:]) { logins, id in
                logins[id] = try reader.person(OwnerID(source: source, id: id))?.person.login
            }
        }
    }

    private func report(_ findings: Findings, _ plan: RemovalPlan, _ request: SyncRequest) -> SyncReport {
        var report = SyncReport(source: source)
        report.method = findings.method
        report.complete = true
        report.dryRun = request.dryRun
        report.people = findings.ledger.people
        report.added = findings.ledger.added
        report.changed = findings.ledger.changed
        report.disabled = findings.ledger.newlyDisabled
        report.gone = plan.removals.count { $0.evidence == .deleted }
        report.missing = plan.removals.count - report.gone
        let unconfirmed = findings.unconfirmed
        report.unconfirmed = unconfirmed.count
        if let error = unconfirmed.first {
            report.error =
                "\(unconfirmed.count) owners could not be confirmed and stay as they are: \(error)"
        }
        return report
    }

    /// An approval is for one plan, as it was held, once.
    private func settle(
        _ approved: String, _ plan: RemovalPlan, _ reading: (before: Before, findings: Findings),
        hold: Hold?, dryRun: Bool
    ) async throws(AgentError) {
        guard let held = reading.before.held, held.hold.plan.id == approved else {
            throw .notFound("no plan \(approved) is held for \(source)")
        }
        try held.checkNotExpired(at: clock())
        let plan = hold?.plan ?? plan
        guard plan.id != approved else { return }
        if !dryRun {
            // What the guard lets pass now needs no approval, and is left to an ordinary reading.
            if let hold {
                try await keep(HeldPlan(hold: hold, heldAt: clock()), reading.before, reading.findings)
            } else {
                try await drop()
            }
        }
        throw .held(
            plan: plan.id,
            "plan \(approved) no longer holds: the directory now gives plan \(plan.id), "
                + "which \(plan.effect)" + (hold == nil ? " and needs no approval" : ""))
    }

    private func drop() async throws(AgentError) {
        do { try await store.mutate { [source] in try $0.dropHeldPlan(source: source) } } catch {
            throw AgentError(error)
        }
    }

    private func keep(
        _ held: HeldPlan, _ before: Before, _ findings: Findings
    ) async throws(AgentError) {
        let event = AuditEvent(
            at: held.heldAt, kind: .syncHeld, source: source, by: by,
            detail: "\(source): plan \(held.hold.plan.id) \(held.hold.plan.effect)")
        do {
            try await store.mutate { [source, before] writer in
                let known = try writer.reader.heldPlan(source)
                var state = try writer.reader.sourceState(source) ?? before.state
                state.note(findings)
                try writer.put(state)
                try writer.hold(held)
                if !held.isSame(as: known) { try writer.append(event) }
            }
        } catch {
            throw AgentError(error)
        }
    }
}

extension RemovalPlan {
    /// How many others of those removed lately count with this plan: none with one that removes nobody, and
    /// nobody twice.
    func countWith(_ lately: Set<String>) -> Int {
        removals.isEmpty ? 0 : lately.subtracting(removals.map(\.owner.id)).count
    }
}

extension HeldPlan {
    func checkNotExpired(at now: Timestamp) throws(AgentError) {
        guard isExpired(at: now) else { return }
        let plan = hold.plan
        throw .held(
            plan: plan.id,
            "plan \(plan.id) has expired: it was held a week or more ago; read \(plan.source) again, look at "
                + "what is held then, and approve that")
    }
}

extension Findings {
    /// What the drop in people is judged by: none, where nobody is there who was there before, as when a
    /// directory was made anew with other ids. Where nobody is enumerated there is no other count to fall: it
    /// is all or none of those known, whether they were there or suspended, as soon as any is taken away. A
    /// canary proves nothing here, since it is found by its login, and somebody who was made anew has that.
    func people(in before: Before, _ directory: DirectorySettings) -> Int {
        guard directory.enumerates else {
            let known = before.ownersKnown
            let isFound = known.contains { owner in
                let presence = confirmed[owner.id.id]
                if case .unknown? = presence { return false }
                return presence?.evidence.map { $0.standing == owner.standing } ?? true
            }
            return !takesAway(from: before) || isFound || foundOther ? known.count : 0
        }
        return ledger.expectsWitness && ledger.witness == nil ? 0 : ledger.people
    }
}
