import Logging
import ServiceLifecycle
import TokenCore

/// Keeps a connection open on which a directory tells changes as they happen, and opens it again when it
/// ends.
package struct WatchSchedule: Service {
    /// Between two tries; it doubles with each that fails at once.
    static let pause = Duration.seconds(1)
    static let pauseMax = Duration.seconds(60)
    /// Before asking again whether a directory can, that could not.
    static let unablePause = Duration.seconds(3600)

    private let agent: Agent
    private let directory: DirectorySettings

    package init(agent: Agent, directory: DirectorySettings) {
        self.agent = agent
        self.directory = directory
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = Self.pause
            while !Task.isCancelled {
                let begun = ContinuousClock.now
                do {
                    switch try await agent.sync.watch(directory) {
                    case .notYet: pause = Self.pause
                    case .unsettled: pause = Self.pause(after: pause, since: begun)
                    case .mustReadFully:
                        pause = Self.pause
                        let name = directory.source.name
                        _ = try await agent.sync(SyncRequest(source: name), by: "changes of \(name)")
                    }
                } catch DirectoryError.misconfigured {
                    // It cannot, until somebody changes it. The schedule asks it for changes now and then.
                    pause = Self.unablePause
                } catch {
                    agent.logger.debug(
                        "changes are no longer watched",
                        metadata: ["source": "\(directory.source.name)", "error": "\(error)"])
                    pause = Self.pause(after: pause, since: begun)
                }
                do { try await Task.sleep(for: pause) } catch { return }
            }
        }
    }

    /// A watch that had lasted was no failure.
    private static func pause(after last: Duration, since begun: ContinuousClock.Instant) -> Duration {
        ContinuousClock.now - begun > pauseMax ? pause : min(last * 2, pauseMax)
    }
}
