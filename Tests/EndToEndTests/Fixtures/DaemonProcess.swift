import AgentProtocol
import Glibc

@testable import RealServers

/// The built daemon, with a folder of its own for its socket, database and log.
final class DaemonProcess {
    /// It lies beside the tests themselves.
    static let executable: String = {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count)
        let own = String(decoding: path.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return (own.lastIndex(of: "/").map { String(own[..<$0]) } ?? ".") + "/tokenagent"
    }()

    let folder: TemporaryFolder
    var settings: DaemonSettings
    var environment: [String: String] = [:]
    /// By the number under which the daemon finds it.
    var descriptors: [Int32: Int32] = [:]
    /// The folder of its database, when that is another.
    var disk: String?
    /// Stands before its command, and becomes it by exec.
    var prefix: [String] = []
    /// nil: as many as this process may have.
    var descriptorsMax: Int?
    /// nil: this process's own.
    var umask: Int?
    private(set) var child: ChildProcess?

    /// nil: in its folder.
    var socketPath: String?
    var socket: String { socketPath ?? folder.file("s") }
    var database: String { (disk ?? folder.path) + "/db.sqlite" }
    var configuration: String { folder.file("c.yaml") }
    var log: String { get throws { folder.has("log") ? try folder.text(of: "log") : "" } }

    /// Starts it and waits until it answers, and until it has read its directories for the first time.
    convenience init(_ settings: DaemonSettings = DaemonSettings()) throws {
        try self.init(unstarted: settings)
        try start()
        try awaitReadings()
    }

    init(unstarted settings: DaemonSettings) throws {
        folder = try TemporaryFolder()
        self.settings = settings
    }

    /// Starts it and waits for nothing.
    func launch() throws {
        try configure()
        var command = [Self.executable, "serve", "--config", configuration]
        if descriptors[3] != nil {
            // LISTEN_PID has to be the daemon's own (sd_listen_fds(3)).
            command = ["/bin/sh", "-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"", "sh"] + command
        }
        if let descriptorsMax {
            command = ["/bin/sh", "-c", "ulimit -n \(descriptorsMax); exec \"$@\"", "sh"] + command
        }
        if let umask {
            command = ["/bin/sh", "-c", "umask \(umask); exec \"$@\"", "sh"] + command
        }
        child = try ChildProcess(
            .init(
                command: prefix + command, environment: environment, descriptors: descriptors,
                errors: folder.file("log")))
    }

    func configure() throws {
        try folder.write(settings.yaml(socket: socket, database: database), to: "c.yaml", mode: 0o644)
    }

    func start() throws {
        try launch()
        try eventually("the daemon's answer") {
            guard child?.isRunning == true else { throw FixtureFailure("the daemon has ended: \(try log)") }
            do { return try call("agent.status") } catch is FixtureFailure {
                return nil
            } catch let refusal as RPCError where refusal.known == .limitExceeded {
                // Not within its deadline, on a machine that stood still.
                return nil
            }
        }
    }

    /// Ends it in an orderly way; its exit code.
    @discardableResult
    func terminate() throws -> Int32 {
        child?.signal(SIGTERM)
        return try wait()
    }

    /// Ends it as a power failure would.
    func kill() throws {
        child?.signal(SIGKILL)
        _ = try wait()
    }

    func wait() throws -> Int32 {
        guard let child else { throw FixtureFailure("it was not started") }
        let status = try child.wait()
        self.child = nil
        return status
    }

    func restart() throws {
        try terminate()
        try start()
    }

    /// Puts the settings in force, as far as that is possible, and waits until that is done.
    func reload() throws {
        try configure()
        let before = try reloads
        child?.signal(SIGHUP)
        try eventually("the reload") { try reloads > before }
    }

    private var reloads: Int {
        get throws {
            try log.split(separator: "\n").count {
                $0.contains("reloaded the configuration") || $0.contains("kept the old configuration")
            }
        }
    }

    /// Waits until each directory was read, or could not be.
    func awaitReadings() throws {
        guard !settings.directories.isEmpty else { return }
        try eventually("the first readings") {
            try call("directory.status")["sources"].items.allSatisfy { $0["state"].text != "unread" }
        }
    }
}
