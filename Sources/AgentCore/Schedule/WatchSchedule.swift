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
            let readings = WatchReadings(agent, directory)
            var pause = Self.pause
            while !Task.isCancelled {
                let begun = ContinuousClock.now
                do {
                    switch try await agent.sync.watch(directory, readFully: readings.read) {
                    case .notYet: pause = Self.pause
                    case .unsettled:
                        pause = Self.pause(after: pause, since: begun)
                        try await readings.noteUnsettled(after: begun)
                    // The schedule asks it for changes now and then.
                    case .unable: pause = Self.unablePause
                    }
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

/// The readings that a watch asks for, each when its pace allows it.
private actor WatchReadings {
    private let agent: Agent
    private let directory: DirectorySettings
    private var pace: WatchPace

    init(_ agent: Agent, _ directory: DirectorySettings) {
        self.agent = agent
        self.directory = directory
        pace = WatchPace(changesInterval: directory.changesInterval.duration)
    }

    /// Changes are asked for first: what the watch could not tell, an answer may. Whether it is in force.
    func read() async throws -> Bool {
        let now = ContinuousClock.now
        try await Task.sleep(until: pace.reading(at: now))
        defer { pace.noteReading(endedAt: .now) }
        let name = directory.source.name
        var request = SyncRequest(source: name)
        request.mode = .changes
        return try await agent.sync(request, by: "changes of \(name)").allSatisfy(\.accepted)
    }

    func noteUnsettled(after begun: ContinuousClock.Instant) async throws {
        if ContinuousClock.now - begun > WatchPace.longest { pace.noteSettled() }
        if pace.noteUnsettled() { _ = try await read() }
    }
}
