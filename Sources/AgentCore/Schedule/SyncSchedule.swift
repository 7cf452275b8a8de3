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
            while !Task.isCancelled {
                do {
                    if let failedAt { try await rest(after: failedAt, failures) }
                    var request = SyncRequest(source: name)
                    request.mode = try await waitUntilDue(failures)
                    let reports = try await agent.sync(request, by: "schedule")
                    failures = reports.allSatisfy(\.complete) ? 0 : failures + 1
                    failedAt = nil
                } catch is CancellationError {
                    return
                } catch {
                    failures += 1
                    failedAt = agent.clock()
                    agent.logger.error(
                        "a scheduled reading failed", metadata: ["source": "\(name)", "error": "\(error)"])
                }
            }
        }
    }

    private var name: String { directory.source.name }

    /// When the store fails, it cannot tell of the attempt either: without this a full disk would mean trying
    /// without a pause.
    private func rest(after attempt: Timestamp, _ failures: Int) async throws {
        var memory = SourceState(source: name)
        memory.lastAttemptAt = attempt
        _ = try await wait(after: memory, failures)
    }

    /// Waits for the next reading, and says of what kind it is.
    private func waitUntilDue(_ failures: Int) async throws -> SyncRequest.Mode {
        while true {
            let state = try await state()
            let mode = try await wait(after: state, failures)
            // Somebody may have read it meanwhile.
            if try await self.state()?.lastAttemptAt == state?.lastAttemptAt { return mode }
        }
    }

    private func state() async throws -> SourceState? {
        try await agent.read { [name] in try $0.sourceState(name) }
    }

    private func wait(after state: SourceState?, _ failures: Int) async throws -> SyncRequest.Mode {
        let failed = state?.lastError == nil ? failures : max(failures, 1)
        let changesDue = .now + directory.changesInterval.duration as ContinuousClock.Instant
        let tellsChanges = failed == 0 && state?.cookie != nil
        let jitter = Double.random(in: 0..<1)
        while true {
            let now = agent.clock()
            let full = Timetable.next(
                after: state, interval: directory.interval, failures: failed, jitter: jitter, now: now)
            if full <= now { return .full }
            let changes = changesDue - .now
            if tellsChanges, changes <= .zero { return .changes }
            let due = (full - now).duration
            try await Task.sleep(for: min(tellsChanges ? min(due, changes) : due, Self.lookAgain))
        }
    }

    /// The clock may have been set meanwhile.
    private static let lookAgain = Duration.seconds(300)
}
