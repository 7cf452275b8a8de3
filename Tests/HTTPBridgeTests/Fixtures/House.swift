import AgentClient
import AgentProtocol
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

@testable import HTTPBridge
@testable import RealServers

/// A directory, the daemon that reads it, and the bridge before it: all real, all gone with the test.
///
/// `ada` is an administrator, `vera` a verifier, `alice`, `bob` and `carol` are users, `dora` is disabled.
/// Each one's password is their login and " secret".
struct House: Sendable {
    let slapd: Slapd
    let daemon: DaemonUnderTest
    /// As root: an administrator's connection.
    let agent: AgentConnection
    let http: HTTPClient
    let logs: CollectedLogs
    let pauses: Pauses
    /// The bridge's way to the daemon.
    let requests: SocketRequests

    struct Options: Sendable {
        var removals = "removals_max: 100, removals_percent_max: 50"
        /// LDIF of more people.
        var people: [String] = []
        /// YAML of more directories; `%` stands for the daemon's folder.
        var directories = ""
        var apis = Set(BridgeSettings.API.allCases)
        var more = ""
        var iqState = true
        var socketMode = "0600"
        var timeouts = BridgeTimeouts()
    }

    static func open(
        _ options: Options = Options(), _ body: (House) async throws -> Void
    ) async throws {
        let slapd = try await Slapd.started(Self.ldif + options.people.joined())
        let daemon = try DaemonUnderTest { folder in configuration(slapd, folder, options) }
        defer { daemon.stop() }
        let agent = try await connect(daemon)
        // It may still be starting.
        _ = try await agent.call(DirectorySync(), timeout: .patient)
        let (logs, pauses) = (CollectedLogs(), Pauses())
        let logger = Logger(label: "bridge") { _ in CollectingHandler(logs: logs) }
        let connection = try await AgentConnection.connect(path: daemon.socket)
        var settings = BridgeSettings(address: .tcp(host: "127.0.0.1", port: 0), apis: options.apis) {
            WireTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        }
        settings.iqStatePath = options.iqState ? daemon.folder + "/iq.json" : nil
        settings.version = "0.0.1"
        settings.timeouts = options.timeouts
        let requests = SocketRequests(connection: connection)
        let pace = PasswordPace(patience: .seconds(60), sleep: pauses.pass)
        let bridge = Bridge(settings: settings, agent: requests, logger: logger, pace: pace)
        try await Self.run(bridge, logger) { port in
            let house = House(
                slapd: slapd, daemon: daemon, agent: agent, http: HTTPClient(port: port), logs: logs,
                pauses: pauses, requests: requests)
            try await body(house)
        }
        await agent.close()
        await connection.close()
    }

    private static func run(
        _ bridge: Bridge, _ logger: Logger, _ body: (Int) async throws -> Void
    ) async throws {
        let (ports, said) = AsyncStream.makeStream(of: Int.self)
        let service = try bridge.service { port in said.yield(port) }
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: service)], logger: Logger(label: "lifecycle")))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { said.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { throw FixtureFailure("the bridge does not run") }
            do { try await body(port) } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private static func connect(_ daemon: DaemonUnderTest) async throws -> AgentConnection {
        try await eventually("the daemon") {
            guard daemon.isRunning else { throw FixtureFailure("the daemon has ended: \(daemon.log)") }
            do { return try await AgentConnection.connect(path: daemon.socket) } catch { return nil }
        }
    }

    static let ldif =
        ["ada", "vera", "alice", "bob", "carol"].map { person($0) }.joined()
        + person("dora", more: ["shadowExpire: 1"], classes: ["shadowAccount"])

    static func person(_ uid: String, more: [String] = [], classes: [String] = []) -> String {
        Slapd.person(uid, classes: classes, more: ["userPassword: \(password(uid))"] + more)
    }

    static func password(_ uid: String) -> String { "\(uid) secret" }

    /// Changes are not watched: a test that takes longer would find them judged one by one.
    private static func configuration(_ slapd: Slapd, _ folder: String, _ options: Options) -> String {
        """
        socket: {path: \(folder)/s, mode: "\(options.socketMode)", group: null}
        storage: {path: \(folder)/db.sqlite}
        log: {level: debug}
        purge: {auto: false}
        directories:
          - name: corp
            url: \(slapd.url)
            allow_cleartext: true
            bind_dn: \(Slapd.readerDN)
            bind_password_file: \(slapd.readerPasswordFile)
            base: \(Slapd.people)
            guard: {\(options.removals), drop_percent_max: 90}
            sync: {persist: false}
        \(options.directories)
        access:
          - {role: admin, users: [0], logins: [ada]}
          - {role: verifier, users: ["*"], logins: [vera]}
          - {role: self, users: ["*"]}
        \(options.more)

        """
    }
}

/// What the bridge logged.
final class CollectedLogs: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
}

struct CollectingHandler: LogHandler {
    let logs: CollectedLogs
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(logs: CollectedLogs) { self.logs = logs }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        logs.add("\(event.level) \(event.message) \(metadata) \(event.metadata ?? [:])")
    }
}
