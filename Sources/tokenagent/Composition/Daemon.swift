import AgentCore
import AgentServer
import CLinux
import Exposition
import Foundation
import Glibc
import HTTPBridge
import LDAPDirectory
import Logging
import ServiceLifecycle
import TokenCore
import TokenStorage
import UnixSignals

/// The composition root: makes the parts from the configuration, and runs them together.
struct Daemon {
    let configuration: Configuration
    let location: ConfigurationLocation

    func run() async throws {
        try Hardening.apply()
        let hangUps = await UnixSignalsSequence(trapping: .sighup)
        let logs = LogOutput(configuration.log)
        let logger = logs.logger("tokenagent")
        let metrics = DaemonMetrics.collect()
        if let warning = UserNamespace.own?.warning { logger.warning("\(warning)") }
        // The socket first: whoever is second learns it before the database is touched.
        let socket = try listen()
        let (store, agent) = try open(logs, or: socket)
        let state = DaemonState(http: configuration.http)
        let surroundings = state.surroundings { metrics.text }
        let reload = Reload(
            agent: agent, state: state, logs: logs, logger: logger, configuration: configuration,
            location: location,
            hangUps: hangUps)
        let bridge = bridge(agent, state, surroundings, logs)
        let server = SocketServer(
            agent: agent, socket: socket, settings: try serverSettings(), version: Version.text,
            logger: logger, surroundings: surroundings, onChange: ServiceNotice.tell)
        let readings = agent.directories.map { SyncSchedule(agent: agent, directory: $0) }
        let watches = agent.directories.filter { $0.watching != .never }.map {
            WatchSchedule(agent: agent, directory: $0)
        }
        let watchdog = [Watchdog(pulse: server.pulse, logger: logger)].compactMap { $0 }
        // They stop from the last to the first: callers are drained before the last uses are written.
        let services: [any Service] =
            [AuditWatch(agent: agent), Housekeeping(agent: agent)] + readings + watches + [reload, server]
            + bridge + watchdog
        // NIO's event loops, which are there by now, open theirs without.
        clinux_close_all_on_exec()
        var failure: (any Error)?
        do { try await run(services, logs) } catch { failure = error }
        await store.close()
        try await server.end()
        if let failure { throw failure }
        logger.notice("stopped")
    }

    /// Also when one of them fails, the others stop in their order: callers get their answers, and the socket
    /// goes.
    private func run(_ services: [any Service], _ logs: LogOutput) async throws {
        let services = services.map {
            ServiceGroupConfiguration.ServiceConfiguration(
                service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
        }
        try await ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logs.lifecycleLogger)
        ).run()
    }

    /// None unless `http` is configured.
    private func bridge(
        _ agent: Agent, _ state: DaemonState, _ surroundings: Surroundings, _ logs: LogOutput
    ) -> [any Service] {
        guard let http = configuration.http else { return [] }
        let local = InProcess(
            agent: agent, version: Version.text, logger: logs.logger("bridge"), surroundings: surroundings)
        let logger = logs.logger("bridge")
        let bridge = Bridge(
            settings: http.settings(folder: FileFacts.folder(of: configuration.storage.path)),
            agent: LocalRequests(agent: local), logger: logger)
        let service = BridgeService(bridge: bridge, http: http, logger: logger)
        let tell = { @Sendable (now: BridgeService.State) in
            ServiceNotice.tell(now)
            state.note(now)
        }
        return [service.untilItListens(onChange: tell)]
    }

    private func listen() throws -> ListeningSocket {
        if let passed = try PassedSocket.take() { return passed }
        return try ListeningSocket.open(serverSettings())
    }

    private func serverSettings() throws -> ServerSettings {
        let socket = configuration.socket
        let group = try socket.group.map { try $0.gid(key: "socket.group") }
        var settings = ServerSettings(path: socket.path, mode: socket.mode, group: group)
        settings.connectionsMax = configuration.limits.connections
        settings.connectionsPerUIDMax = configuration.limits.connectionsPerUID
        settings.lineBytesMax = configuration.limits.lineBytes
        settings.inFlightMax = configuration.limits.inFlight
        settings.createsPerSecondMax = configuration.limits.createsPerSecond
        return settings
    }

    /// The store and the agent on it; without them the socket goes again, or it would look as if somebody
    /// answered there.
    private func open(_ logs: LogOutput, or socket: ListeningSocket) throws -> (TokenStore, Agent) {
        do {
            try checkExposure(logs.logger("tokenagent"))
            let store = try TokenStore(path: configuration.storage.path)
            return (store, try agent(store, logs))
        } catch {
            socket.close()
            throw error
        }
    }

    /// Before anything is written that others would read, or believed that they wrote.
    private func checkExposure(_ logger: Logger) throws(StartFailure) {
        guard let exposure = Exposure(of: configuration.storage.path, for: geteuid()) else { return }
        if let fault = exposure.refused.first { throw StartFailure(configuration: fault.detail) }
        for fault in exposure.told {
            logger.warning("\(fault.detail)", metadata: ["remedy": "\(fault.remedy)"])
        }
    }

    private func agent(_ store: TokenStore, _ logs: LogOutput) throws -> Agent {
        let key = configuration.storage.sealingKey(ProcessInfo.processInfo.environment)
        let keys = try SealingKeys(orCreateAt: key.path, in: key.place, hasSealed: store.hasSealed)
        let logger = logs.logger("agent")
        let (settings, unknown) = configuration.agentSettings()
        unknown.tell(logger)
        return try Agent(
            store: store, keys: keys,
            directories: { now in
                configuration.directories.map { $0.settings(logger: logs.logger("directory"), now: now) }
            },
            settings: settings, logger: logger, rendering: .wire, clock: Self.now,
            steady: { TimeSpan(milliseconds: clinux_steady_milliseconds()) })
    }

    /// The one place that asks the clock.
    @Sendable static func now() -> Timestamp {
        Timestamp(milliseconds: clinux_milliseconds())
    }
}
