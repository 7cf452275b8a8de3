import AgentCore
import Logging
import ServiceLifecycle
import UnixSignals

/// SIGHUP: reads the configuration again, takes what can be taken, and says what could not.
struct Reload: Service {
    let agent: Agent
    let state: DaemonState
    let logs: LogOutput
    let logger: Logger
    let configuration: Configuration
    let location: ConfigurationLocation
    /// Trapped before anybody hears that the daemon serves: untrapped, SIGHUP would end it.
    let hangUps: UnixSignalsSequence

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var inForce = configuration
            for await _ in hangUps {
                ServiceNotice.tell("RELOADING=1")
                inForce = await reload(inForce)
                ServiceNotice.tell("READY=1")
            }
        }
    }

    /// What is in force afterwards. A configuration that is not right changes nothing.
    private func reload(_ inForce: Configuration) async -> Configuration {
        do {
            let new = try Configuration.load(location)
            let changes = inForce.changes(to: new)
            let result = inForce.reloaded(from: new)
            let (settings, unknown) = result.agentSettings()
            // A name service that is away now may have known them when it was last asked.
            if let failed = unknown.first(where: { $0.failure != nil }) { throw failed }
            agent.change(settings)
            unknown.tell(logger)
            logs.level = Logger.Level(result.log.level)
            let later = changes.filter { !$0.reloadable }.map(\.key)
            state.note(awaitingRestart: later)
            if !later.isEmpty {
                logger.warning(
                    "these changes need a restart", metadata: ["keys": "\(later.joined(separator: " "))"])
            }
            await agent.tellUnconfigured(next: Set(new.directories.map(\.name)))
            // Last: by this line all is said and done.
            logger.notice(
                "reloaded the configuration",
                metadata: ["changed": "\(changes.filter(\.reloadable).map(\.key).joined(separator: " "))"])
            return result
        } catch {
            let failure = StartFailure(error)
            logger.error("kept the old configuration", metadata: ["error": "\(failure.message)"])
            return inForce
        }
    }
}
