import ArgumentParser
import Foundation
import HTTPBridge
import Logging
import ServiceLifecycle
import UnixSignals

/// The HTTP bridge as a process of its own.
struct BridgeCommand: AsyncParsableCommand {
    private static let examples = [
        Example("tokenagent bridge --config /etc/tokenagent/bridge.yaml", "with a configuration of its own"),
        Example("tokenagent bridge --socket /run/tokenagent/tokenagent.sock", "to a daemon elsewhere"),
    ]

    static let configuration = CommandConfiguration(
        commandName: "bridge",
        abstract: "Run the HTTP bridge as a process of its own.",
        discussion: """
            The daemon runs the bridge itself if its configuration has the section `http`. Here it runs \
            apart, under a user of its own, and reaches the daemon over its socket. It needs no right but \
            to connect.

            \(Example.text(examples))
            """)

    @Option(
        help: ArgumentHelp(
            "The configuration, of which `http` and `log` count; else as for serve.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: String?

    @Option(
        help: ArgumentHelp("The daemon's socket; else as configured.", valueName: "path"), completion: .file()
    )
    var socket: String?

    func run() async throws {
        do {
            try Hardening.apply()
            let hangUps = await UnixSignalsSequence(trapping: .sighup)
            let environment = ProcessInfo.processInfo.environment
            let location = try Configuration.locate(flag: config, environment: environment)
            try await serve(try Configuration.load(location), hangUps)
        } catch {
            let failure = StartFailure(error)
            Terminal().complain(failure.message)
            throw ExitCode(failure.status)
        }
    }

    private func serve(_ configuration: Configuration, _ hangUps: UnixSignalsSequence) async throws {
        guard let http = configuration.http else {
            throw StartFailure(configuration: "the configuration has no section http: say where to listen")
        }
        let logs = LogOutput(configuration.log)
        let path = socket ?? configuration.socket.path
        if let clash = http.clash(with: path) { throw StartFailure(configuration: clash) }
        let logger = logs.logger("bridge")
        let folder = Self.stateFolder(
            ProcessInfo.processInfo.environment, database: configuration.storage.path)
        let bridge = Bridge(
            settings: http.settings(folder: folder), agent: SocketRequests(path: path), logger: logger)
        let service = BridgeService(bridge: bridge, http: http, logger: logger)
        let group = ServiceGroup(
            services: [service, HangUpNotice(hangUps: hangUps, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logs.lifecycleLogger)
        try await group.run()
    }

    /// Where it keeps what is set through it: in a folder that systemd made for it (systemd.exec(5)). The
    /// daemon's, the default of both, is closed to other users, as it should be.
    static func stateFolder(_ environment: [String: String], database: String) -> String {
        let own = environment["STATE_DIRECTORY"]?.split(separator: ":").first
        return own.map(String.init) ?? FileFacts.folder(of: database)
    }
}
