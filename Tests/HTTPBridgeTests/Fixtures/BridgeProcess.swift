import Foundation
import Glibc

@testable import RealServers

/// `tokenagent bridge`: the bridge in a process of its own. Root runs it under another user.
final class BridgeProcess: Sendable {
    static let user = "games"

    let port: Int
    private let process: ChildProcess
    var pid: pid_t { process.pid }
    private let folder: String

    /// What it said on standard error.
    var log: String { (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? "" }

    /// `apis` as the configuration spells them.
    init(socket: String, apis: String = "[query, iq, entity, standard]") async throws {
        var template = Array("/tmp/bridge-apart.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FixtureFailure("mkdtemp: \(errno)") }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        port = Int(try Listener().port)
        try """
        http: {listen: "127.0.0.1:\(port)", apis: \(apis), state_file: \(folder)/http.json}
        log: {level: debug}

        """.write(toFile: folder + "/c.yaml", atomically: true, encoding: .utf8)
        var command = [DaemonUnderTest.executable]
        if geteuid() == 0 {
            // The checkout may be closed to others.
            command = [folder + "/tokenagent"]
            try Self.copy(DaemonUnderTest.executable, to: command[0])
            guard let account = getpwnam(Self.user) else { throw FixtureFailure("no user \(Self.user)") }
            let (uid, gid) = (account.pointee.pw_uid, account.pointee.pw_gid)
            for path in [folder, command[0], folder + "/c.yaml"] { chown(path, uid, gid) }
            command =
                ["/usr/bin/setpriv", "--reuid=\(Self.user)", "--regid=\(gid)", "--clear-groups"] + command
        }
        process = try ChildProcess(
            .init(
                command: command + ["bridge", "--config", folder + "/c.yaml", "--socket", socket],
                output: folder + "/log", errors: folder + "/log"))
        let client = HTTPClient(port: port)
        try await eventually("the bridge: \(folder)/log") {
            guard process.isRunning else { throw FixtureFailure("it has ended: \(log)") }
            do { return try await client.send("GET", "/any").status > 0 ? () : nil } catch { return nil }
        }
    }

    /// Ends it: its exit code.
    @discardableResult
    func stop() -> Int32 {
        let status = process.end()
        do { try FileManager.default.removeItem(atPath: folder) } catch {
            FileHandle.standardError.write(Data("cannot remove \(folder): \(error)\n".utf8))
        }
        return status
    }

    /// By a process of its own: a file that is open for writing when something else here is started stays so
    /// in the child for a moment, and cannot be executed then.
    private static func copy(_ file: String, to path: String) throws {
        let copier = try ChildProcess(.init(command: ["/bin/cp", file, path]))
        guard try copier.wait() == 0 else { throw FixtureFailure("cp \(file) \(path)") }
    }
}
