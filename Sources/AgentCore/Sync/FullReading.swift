import Logging
import Synchronization
import TokenCore
import TokenStorage

/// One full reading of one source: the authority on who is there. docs/directory.md tells its steps.
///
/// Reads, compares, confirms, asks the guard, and only then acts, in one transaction.
struct FullReading: Sendable {
    let directory: DirectorySettings
    let store: TokenStore
    let logger: Logger
    let clock: @Sendable () -> Timestamp
    /// The directory filters of the access rules.
    let filters: [String]
    let by: Author
    let foundMeanwhile: FoundMeanwhile
    let progress: @Sendable (Int) -> Void

    var source: String { directory.source.name }

    /// A reading that could not be completed is a report that says so; only the store's failure is an error.
    func run(_ request: SyncRequest) async throws(AgentError) -> SyncReport {
        let begun = clock()
        progress(0)
        var (before, ledger) = try await remember(begun, request)
        var report: SyncReport
        do {
            let spool = request.dryRun ? nil : try PeopleSpool(store)
            let owners = Set(before.owners.map(\.id.id))
            // Whoever has the entries hands them on, so that there is one copy of a million.
            let sightings = Sightings(consume ledger, owners: owners, spool: spool)
            let findings = try await look(&before, consume sightings)
            report = try await act(on: findings, after: before, request)
        } catch let error as DirectoryError {
            report = try await fail(error, before, request)
        } catch {
            throw AgentError(error)
        }
        report.span = clock() - begun
        log(report)
        return report
    }

    // MARK: What was known before

    private func remember(
        _ begun: Timestamp, _ request: SyncRequest
    ) async throws(AgentError) -> (Before, ReadingLedger) {
        do {
            let (source, dryRun) = (source, request.dryRun)
            if !dryRun {
                try await store.mutate { writer in
                    var state = try writer.reader.sourceState(source) ?? SourceState(source: source)
                    state.reading += 1
                    state.lastAttemptAt = begun
                    try writer.put(state)
                }
            }
            var last = try await store.read { try before($0, begun) }
            let known = try await store.known(source, in: books(roomFor: last.state.people))
            last.memberships = known.memberships
            return (last, known.ledger)
        } catch {
            throw AgentError(error)
        }
    }

    private func before(_ reader: StoreReader, _ begun: Timestamp) throws -> Before {
        let state = try reader.sourceState(source) ?? SourceState(source: source)
        var before = Before(begun: begun, state: state, held: try reader.heldPlan(source))
        before.owners = try reader.owners(of: source)
        before.horizon = try reader.horizon(source)
        before.knownBy = try reader.idAttribute(of: source)
        let now = clock()
        before.removedLately = try reader.removed(of: source, after: state.guardWindow(at: now), by: now)
        return before
    }

    private func books(roomFor people: Int) -> ReadingLedger {
        var ledger = ReadingLedger()
        ledger.reserve(people)
        if let canary = directory.canary { ledger.await(login: canary) }
        return ledger
    }

    // MARK: What the directory says now

    private func look(
        _ before: inout Before, _ sightings: consuming Sightings
    ) async throws -> Findings {
        let session = try await directory.source.connect()
        do {
            let findings = try await look(&before, consume sightings, session)
            await session.close()
            return findings
        } catch {
            await session.close()
            throw error
        }
    }

    private func look(
        _ before: inout Before, _ sightings: consuming Sightings, _ session: any DirectorySession
    ) async throws -> Findings {
        let id = try await session.idAttribute()
        try id?.check(knownBy: before.knownBy, server: session.server)
        // Before anybody is read: what changes meanwhile is then told by the next question for changes.
        let (first, kept, refusal) = await cookie(session, before)
        var sight = try await sight(on: session)
        let isShown = sight.progress != nil
        sight.progress = sight.progress ?? first?.progress
        try checkProgress(sight, before, session)
        var method = "owners"
        if directory.enumerates {
            (sightings, method) = try await enumerate(consume sightings, before, session, id?.name)
        }
        var findings = Findings(server: session.server, consume sightings)
        findings.cookie = first?.cookie ?? kept
        findings.changesRefusal = refusal
        findings.method = method
        findings.idAttribute = id
        try checkCanary(findings, before)
        try await addOwners(to: &before, notIn: findings.sightings)
        let found = foundMeanwhile.of(source)
        let candidates = before.owners.filter { owner in
            // Who is gone comes back by being enumerated; where nobody is, only by being asked about.
            (owner.standing != .gone || !directory.enumerates)
                && !found.contains(owner.id) && !findings.ledger.saw(owner.id.id)
        }
        let others = try await others(than: before)
        sight.progress = try await session.progress() ?? sight.progress
        let told = try await unlessCancelled(session) {
            await session.confirm(candidates.map(\.id.id) + others)
        }
        findings.take(told, others: Set(others))
        try checkID(findings, before)
        try checkSomebodyKnown(findings, before)
        // Where nobody is enumerated this is the whole reading: no answer at all is none.
        if !directory.enumerates, let error = findings.onlyError { throw error }
        findings.sightings.see(findings.presentAfterAll)
        if let failure = findings.sightings.failure { throw failure }
        if findings.takesAway(from: before) {
            try await confirmCanary(findings, session)
            try await checkDoubt(sight, before, session)
        }
        try await confirmEnabled(findings, session)
        for filter in filters { findings.members[filter] = try await session.members(of: filter) }
        sight.progress = try await session.progress() ?? sight.progress
        // What is kept is what look-ups can be held against: changes tell them nothing.
        if !isShown { sight.progress = nil }
        findings.sight = sight
        return findings
    }

    /// Nothing of what a cancelled task has found counts: whom it could not ask about any more would pass for
    /// somebody who cannot be confirmed.
    private func unlessCancelled<T>(
        _ session: any DirectorySession, _ work: () async throws -> T
    ) async throws -> T {
        let found = try await withTaskCancellationHandler(operation: work) { session.abandon() }
        guard !Task.isCancelled else { throw DirectoryError.cancelled }
        return found
    }

    /// Who has become an owner while the others were read is judged as they are.
    private func addOwners(to before: inout Before, notIn sightings: Sightings) async throws {
        before.owners += try await store.read { [source] reader in
            try reader.owners(of: source) {
                !sightings.owners.contains($0) && !sightings.ledger.saw($0)
            }
        }
    }

    /// Where nobody is enumerated, those without tokens are seen by being asked about alone: whoever has
    /// roles by a directory filter, or tombstones. Of the others nothing is kept.
    private func others(than before: Before) async throws -> [String] {
        guard !directory.enumerates else { return [] }
        let owners = Set(before.owners.map(\.id.id))
        let others = try await store.read { [source] in try $0.peopleWithRemains(of: source) }
        return others.filter { !owners.contains($0) }
    }

    /// None where the source cannot tell changes: then everybody is read, each time. After a refusal that may
    /// pass the former one is kept, by which more is told than has to be.
    private func cookie(
        _ session: any DirectorySession, _ before: Before
    ) async -> (first: ChangeSet?, kept: ChangeCookie?, refusal: String?) {
        do {
            let first = try await session.changes(since: nil)
            return (first, nil, first.refusals)
        } catch {
            logger.debug("no changes from here", metadata: ["source": "\(source)", "reason": "\(error)"])
            if case .unsupported = error { return (nil, nil, "\(error)") }
            guard hasSameServers(as: before), let former = before.state.cookie else {
                return (nil, nil, "\(error)")
            }
            return (nil, former, before.state.changesRefusal)
        }
    }

    private func enumerate(
        _ sightings: consuming Sightings, _ before: Before, _ session: any DirectorySession,
        _ idAttribute: String?
    ) async throws -> (Sightings, method: String) {
        let (batches, seen) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let spool = sightings.spool
        async let ahead: Void = writeAhead(spool, batches, before, idAttribute)
        defer { seen.finish() }
        let shared = Shared(Mutex(consume sightings))
        let progress = progress
        let enumeration = try await unlessCancelled(session) {
            try await session.enumerate { batch in
                progress(
                    shared.value.withLock { sightings in
                        sightings.see(batch)
                        return sightings.ledger.people
                    })
                seen.yield()
            }
        }
        seen.finish()
        try await ahead
        return (shared.value.withLock { $0 }, enumeration.method)
    }

    /// Enough that they are written in order, even if they come in none.
    private static var aheadMin: Int { 50_000 }

    /// Where no reading was ever accepted there is nothing to hold this one against, and who is seen is
    /// there: people without tokens are written while the others are still being read.
    private func writeAhead(
        _ spool: PeopleSpool?, _ batches: AsyncStream<Void>, _ before: Before, _ idAttribute: String?
    ) async throws {
        guard let spool, before.state.fingerprint == nil else { return }
        for await _ in batches where spool.count >= Self.aheadMin {
            try await know(idAttribute, before)
            try await write(spool, memberships: [:], at: before.begun)
        }
    }

    /// A configured canary must be in the reading; without one, somebody who was there before.
    ///
    /// Under other settings than last time there may be nobody of before, and the guard holds the reading.
    private func checkCanary(_ findings: Findings, _ before: Before) throws(DirectoryError) {
        guard directory.enumerates else { return }
        let ledger = findings.ledger
        if let canary = directory.canary {
            guard ledger.id(ofLogin: canary) == nil else { return }
            throw .incomplete(server: findings.server, reason: "the canary “\(canary)” is not in it")
        }
        // Before the first accepted reading, owners were made known by being looked up.
        let isComparable =
            before.state.fingerprint.map { $0 == directory.source.fingerprint } ?? !before.ownersThere.isEmpty
        if isComparable, ledger.expectsWitness, ledger.witness == nil {
            throw .incomplete(
                server: findings.server,
                reason: "none of the people known to be there is in it; \(findings.idAdvice(before.state))"
                    + "if they all left, configure a canary")
        }
    }

    /// "Not found" counts only on a connection that still finds somebody who is there.
    private func confirmCanary(
        _ findings: Findings, _ session: any DirectorySession
    ) async throws(DirectoryError) {
        guard let canary = try await canary(findings.ledger, session),
            case .present = await session.confirm([canary])[canary]
        else {
            throw .incomplete(
                server: findings.server,
                reason: "after looking up who is missing, nobody could be found who is there")
        }
    }

    private func canary(
        _ ledger: ReadingLedger, _ session: any DirectorySession
    ) async throws(DirectoryError) -> String? {
        guard let canary = directory.canary else { return ledger.witness ?? ledger.anybody }
        // Where nobody is enumerated, the canary was not seen either.
        if directory.enumerates { return ledger.id(ofLogin: canary) }
        return try await session.find(.login(canary)).first?.id.id
    }

    // MARK: When it cannot be read

    private func fail(
        _ error: DirectoryError, _ before: Before, _ request: SyncRequest
    ) async throws(AgentError) -> SyncReport {
        var report = SyncReport(source: source)
        report.dryRun = request.dryRun
        report.error = "\(error)"
        report.held = before.held
        guard !request.dryRun else { return report }
        do {
            try await store.mutate { [report, known = before.state] writer in
                // Somebody may have been looked up meanwhile, and put on record.
                var state = try writer.reader.sourceState(known.source) ?? known
                state.lastError = report.error
                try writer.put(state)
            }
        } catch {
            throw AgentError(error)
        }
        return report
    }

    private func log(_ report: SyncReport) {
        let metadata = report.metadata
        if !report.complete {
            logger.error("the directory could not be read; nothing is taken away", metadata: metadata)
        } else if report.held != nil {
            logger.warning("the guard holds a reading; nothing of it is applied", metadata: metadata)
        } else if report.unconfirmed > 0 {
            logger.warning("owners could not be asked about, and stay as they are", metadata: metadata)
        } else {
            logger.info("read the directory", metadata: metadata)
        }
    }
}

/// A mutex that an escaping closure can hold on to.
private final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>
    init(_ value: consuming sending Mutex<Value>) { self.value = value }
}
