import Logging
import ServiceLifecycle
import TokenCore
import TokenStorage

/// Reads one directory again and again: everybody at its interval and sooner after a failure, and in between
/// what changed, where the directory can tell that.
package struct SyncSchedule: Service {
    private let agent: Agent
    private let directory: DirectorySettings

    package init(agent: Agent, directory: DirectorySettings) {
        self.agent = agent
        self.directory = directory
    }

    package func run() async throws {
        // Cancelled, a reading that is under way ends unread: nothing of it is applied.
        await cancelWhenGracefulShutdown {
            var past = Past()
            var failedAt: Timestamp?
            // When the latest reading began, be it before a restart.
            var wasAhead = agent.guardedClock.isAhead || agent.guardedClock.wasDoubted
            // Once: while the guard holds such a reading, it is read again ever more rarely.
            var mayDiffer = true
            while !Task.isCancelled {
                do {
                    if let failedAt { try await rest(after: failedAt, past) }
                    var request = SyncRequest(source: name)
                    let isDue = mayDiffer ? try await isReadOtherwise() : false
                    if !isDue { request.mode = try await waitUntilDue(&past, wasAhead) }
                    mayDiffer = false
                    wasAhead = agent.guardedClock.isAhead
                    past.accepted = try await state()?.lastCompleteAt
                    let reports = try await agent.sync(request, by: "schedule")
                    // What is held is soon read again, too, and then ever more rarely: all there is to find
                    // is whether it was mended.
                    past.failures = reports.allSatisfy(\.accepted) ? 0 : past.failures + 1
                    failedAt = nil
                } catch is CancellationError {
                    return
                } catch {
                    past.failures += 1
                    failedAt = agent.granting()
                    let reason = (error as? AgentError)?.text ?? "\(error)"
                    agent.logger.error(
                        "a scheduled reading failed", metadata: ["source": "\(name)", "error": "\(reason)"])
                }
            }
        }
    }

    private var name: String { directory.source.name }

    /// When the store fails, it cannot tell of the attempt either: without this a full disk would mean trying
    /// without a pause.
    private func rest(after attempt: Timestamp, _ past: Past) async throws {
        var memory = SourceState(source: name)
        memory.lastAttemptAt = attempt
        _ = try await wait(after: memory, past, wasAhead: nil)
    }

    /// Waits for the next reading, and says of what kind it is. A reading that somebody has asked for, and
    /// that was accepted, ends the failures before it: changes are asked for again.
    private func waitUntilDue(_ past: inout Past, _ wasAhead: Bool) async throws -> SyncRequest.Mode {
        while true {
            if past.failures > 0, await isRead(since: past.accepted) { past.failures = 0 }
            let state = try await state()
            past.note(state)
            let mode = try await wait(after: state, past, wasAhead: wasAhead)
            // Somebody may have read it meanwhile.
            if let mode, try await self.state()?.lastAttemptAt == state?.lastAttemptAt { return mode }
        }
    }

    /// Whether another reading was accepted since that one. A store that fails tells of none.
    private func isRead(since accepted: Timestamp?) async -> Bool {
        guard let state = try? await state() else { return false }
        return state.lastCompleteAt != accepted
    }

    /// Whether the configuration is another one than that of the last reading that was accepted: what that
    /// found is none of the answers to what is asked now.
    private func isReadOtherwise() async throws -> Bool {
        guard let last = try await state()?.fingerprint else { return false }
        return last != directory.source.fingerprint
    }

    private func state() async throws -> SourceState? {
        try await agent.read { [name] in try $0.sourceState(name) }
    }

    /// nil when somebody else has read it meanwhile, and that was accepted.
    private func wait(
        after state: SourceState?, _ past: Past, wasAhead: Bool?
    ) async throws -> SyncRequest.Mode? {
        let failed = state?.lastError == nil ? past.failures : max(past.failures, 1)
        let accepted = past.failures > 0 ? past.accepted : state?.lastCompleteAt
        var changesDue = .now + directory.changesInterval.duration as ContinuousClock.Instant
        // Without a cookie it may be had by now: then a reading begins with it.
        var isAsked = failed == 0 && state?.lastCompleteAt != nil
        let jitter = Double.random(in: 0..<1)
        while true {
            // A clock that has leapt may be right, as after a pause of the machine, in which nobody looked.
            // And when it is mended, those are there again whose accounts had ended by it.
            if let wasAhead, wasAhead != agent.guardedClock.isAhead { return .full }
            if await isRead(since: accepted) { return nil }
            let now = agent.granting()
            let full = Timetable.next(
                after: state, interval: directory.interval, failures: max(failed, past.unsure),
                jitter: jitter, now: now)
            if full <= now { return .full }
            let changes = changesDue - .now
            if isAsked, changes <= .zero {
                switch try await whatToRead(state) {
                case .read(let mode): return mode
                case .nothing: break
                case .never: isAsked = false
                }
                changesDue = .now + directory.changesInterval.duration
            }
            let due = (full - now).duration
            let look = failed > 0 ? min(directory.changesInterval.duration, Self.lookAgain) : Self.lookAgain
            try await Task.sleep(for: min(isAsked ? min(due, changesDue - .now) : due, look))
        }
    }

    /// What the schedule knows of the readings before.
    private struct Past {
        /// In a row, as the schedule saw them.
        var failures = 0
        /// The latest accepted reading before them.
        var accepted: Timestamp?
        /// How many readings in a row, whoever asked for them, left owners unconfirmed.
        private(set) var unsure = 0
        private var last: Timestamp?

        /// They are asked about again soon, as after a failure: no changes may tell of them any more.
        mutating func note(_ state: SourceState?) {
            guard let state, state.lastCompleteAt != last else { return }
            last = state.lastCompleteAt
            unsure = state.unconfirmed > 0 ? unsure + 1 : 0
        }
    }

    private enum Due {
        case read(SyncRequest.Mode), nothing, never
    }

    /// When it is time to ask for changes.
    private func whatToRead(_ state: SourceState?) async throws -> Due {
        // They are told by themselves.
        if agent.sync.isWatched(name) { return .nothing }
        if state?.cookie != nil { return .read(.changes) }
        return switch await agent.sync.offersChanges(directory) {
        case true?: .read(.full)
        case false?: .nothing
        case nil: .never
        }
    }

    /// The clock may have been set meanwhile.
    private static let lookAgain = Duration.seconds(300)
}
