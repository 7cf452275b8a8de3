import Logging
import ServiceLifecycle
import TokenCore
import TokenStorage

/// Reads one directory again and again, at its interval, and sooner after a failure.
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
            while !Task.isCancelled {
                do {
                    try await waitUntilDue(failures)
                    let reports = try await agent.sync(SyncRequest(source: name), by: "schedule")
                    failures = reports.allSatisfy(\.complete) ? 0 : failures + 1
                } catch is CancellationError {
                    return
                } catch {
                    failures += 1
                    agent.logger.error(
                        "a scheduled reading failed", metadata: ["source": "\(name)", "error": "\(error)"])
                }
            }
        }
    }

    private var name: String { directory.source.name }

    private func waitUntilDue(_ failures: Int) async throws {
        let state = try await agent.read { [name] in try $0.sourceState(name) }
        let failed = state?.lastError == nil ? failures : max(failures, 1)
        let due = Timetable.next(
            after: state, interval: directory.interval, failures: failed, jitter: .random(in: 0..<1))
        let wait = due - agent.clock()
        if wait > .zero { try await Task.sleep(for: wait.duration) }
    }
}
