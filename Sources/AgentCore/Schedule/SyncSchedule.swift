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
            var failures = 0
            var failedAt: Timestamp?
            // The latest accepted reading before those failures.
            var accepted: Timestamp?
            // When the latest reading began, be it before a restart.
            var wasAhead = agent.guardedClock.isAhead || agent.guardedClock.wasDoubted
            // Once: while the guard holds such a reading, it is read again ever more rarely.
            var mayDiffer = true
            while !Task.isCancelled {
                do {
                    if let failedAt { try await rest(after: failedAt, failures, accepted) }
                    var request = SyncRequest(source: name)
                    let isDue = mayDiffer ? try await isReadOtherwise() : false
                    if !isDue { request.mode = try await waitUntilDue(&failures, wasAhead, accepted) }
                    mayDiffer = false
                    wasAhead = agent.guardedClock.isAhead
                    accepted = try await state()?.lastCompleteAt
                    let reports = try await agent.sync(request, by: "schedule")
                    // What is held is soon read again, too, and then ever more rarely: all there is to find
                    // is whether it was mended.
                    failures = reports.allSatisfy(\.accepted) ? 0 : failures + 1
                    failedAt = nil
                } catch is CancellationError {
                    return
                } catch {
                    failures += 1
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
    private func rest(after attempt: Timestamp, _ failures: Int, _ accepted: Timestamp?) async throws {
        var memory = SourceState(source: name)
        memory.lastAttemptAt = attempt
        _ = try await wait(after: memory, (failures, accepted), wasAhead: nil)
    }

    /// Waits for the next reading, and says of what kind it is. A reading that somebody has asked for, and
    /// that was accepted, ends the failures before it: changes are asked for again.
    private func waitUntilDue(
        _ failures: inout Int, _ wasAhead: Bool, _ accepted: Timestamp?
    ) async throws -> SyncRequest.Mode {
        while true {
            if failures > 0, await isMended(since: accepted) { failures = 0 }
            let state = try await state()
            let mode = try await wait(after: state, (failures, accepted), wasAhead: wasAhead)
            // Somebody may have read it meanwhile.
            if let mode, try await self.state()?.lastAttemptAt == state?.lastAttemptAt { return mode }
        }
    }

    /// Whether a reading was accepted since. A store that fails tells of none.
    private func isMended(since accepted: Timestamp?) async -> Bool {
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

    /// nil when the failures have been mended.
    private func wait(
        after state: SourceState?, _ failures: (count: Int, accepted: Timestamp?), wasAhead: Bool?
    ) async throws -> SyncRequest.Mode? {
        let failed = state?.lastError == nil ? failures.count : max(failures.count, 1)
        var changesDue = .now + directory.changesInterval.duration as ContinuousClock.Instant
        // Without a cookie it may be had by now: then a reading begins with it.
        var isAsked = failed == 0 && state?.lastCompleteAt != nil
        let jitter = Double.random(in: 0..<1)
        while true {
            // A clock that has leapt may be right, as after a pause of the machine, in which nobody looked.
            // And when it is mended, those are there again whose accounts had ended by it.
            if let wasAhead, wasAhead != agent.guardedClock.isAhead { return .full }
            if failures.count > 0, await isMended(since: failures.accepted) { return nil }
            let now = agent.granting()
            let full = Timetable.next(
                after: state, interval: directory.interval, failures: failed, jitter: jitter, now: now)
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
