package import TokenCore
import TokenStorage

package struct AgentFacts: Sendable {
    package let startedAt: Timestamp
    package let now: Timestamp
    package let tokens: [TokenState: Int]
    package let people: Int
    package let storage: Storage
    package let clock: GuardedClock.State

    package struct Storage: Sendable {
        package let path: String
        /// The database and its write-ahead log.
        package let bytes: Int64
        /// What of the write-ahead log is in use.
        package let logBytes: Int64
        /// What is left on the file system.
        package let free: Int64
        package let waiting: Int
        package let schema: Int
        package let revision: Int64
        /// Why the write-ahead log could not be moved into the database the last time; nil when it could.
        package let checkpointError: String?
    }
}

/// How things stand with one directory.
package struct SourceStatus: Sendable {
    package enum State: String, Sendable {
        /// Its last reading was complete, was accepted and is not overdue.
        case current
        /// The same, but owners who were not seen could not be asked about, and stay as they are.
        case unconfirmed
        /// No complete reading for twice the interval.
        case stale
        /// Never read.
        case unread
        /// The guard holds a plan.
        case held
        /// It has people or tokens, and is configured no more: those tokens stay as they are.
        case unconfigured
        /// The last attempt failed. What was known stays known.
        case failing
    }

    package let source: String
    package let state: State
    package let memory: SourceState
    package let held: HeldPlan?
    /// How many people the reading under way has seen; nil when there is none.
    package let progress: Int?
    package let changes: ChangesMethod
    /// Of one that is configured no more: tokens neither revoked nor purged, of which nobody hears whose
    /// owner has left. nil for the others.
    package var tokens: Int?
    package let now: Timestamp
}

extension Agent {
    package func status(_: VerifierRight) async throws(AgentError) -> AgentFacts {
        let now = clock()
        let census = try await census(at: now)
        let facts = store.facts()
        let storage = AgentFacts.Storage(
            path: store.path, bytes: facts.bytesOnDisk, logBytes: facts.logBytes, free: facts.bytesFree,
            waiting: facts.waiting,
            schema: facts.schemaVersion, revision: facts.revision,
            checkpointError: facts.checkpointFailure.map { "\($0)" })
        return AgentFacts(
            startedAt: startedAt, now: now, tokens: census.tokens, people: census.people, storage: storage,
            clock: guardedClock.state)
    }

    package func directoryStatus(_: VerifierRight) async throws(AgentError) -> [SourceStatus] {
        // As the readings are on record: none is overdue by a leap of the clock.
        let now = granting()
        let (directories, sync) = (directories, sync)
        return try await read { reader in
            let configured = try directories.map { directory in
                let name = directory.source.name
                let memory = try reader.sourceState(name) ?? SourceState(source: name)
                let held = try reader.heldPlan(name)
                return SourceStatus(
                    source: name,
                    state: memory.state(held: held != nil, interval: directory.interval, at: now),
                    memory: memory, held: held, progress: sync.progress(of: name),
                    changes: sync.changesMethod(of: directory, memory, held: held != nil), now: now)
            }
            let others = try reader.unconfigured(besides: Set(directories.map(\.source.name)))
                .map { SourceStatus(unconfigured: $0, at: now) }
            return configured + others
        }
    }

    package func examineDirectories(
        source: String?, _: AdminRight
    ) async throws(AgentError) -> [(source: String, checks: [DirectoryCheck])] {
        var results: [(String, [DirectoryCheck])] = []
        for directory in try sync.selected(source) {
            results.append((directory.source.name, await directory.examine()))
        }
        return results
    }
}

extension SourceState {
    func state(held: Bool, interval: TimeSpan, at now: Timestamp) -> SourceStatus.State {
        if held { return .held }
        if lastError != nil { return .failing }
        guard let lastCompleteAt else { return .unread }
        // One from later than now was told by a clock that was ahead: nobody knows how old it is.
        let age = now - lastCompleteAt
        guard (.zero...TimeSpan(milliseconds: interval.milliseconds * 2)).contains(age) else { return .stale }
        return unconfirmed > 0 ? .unconfirmed : .current
    }
}
