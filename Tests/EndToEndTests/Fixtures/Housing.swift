import Foundation
import Glibc

@testable import RealServers

/// A daemon's folder of its own, with all that it keeps, that may belong to another user, whom the daemon
/// then runs as.
final class Housing {
    static let user = "games"

    let daemon: DaemonProcess
    let folder: String
    private let isOthers: Bool

    /// With a token in it; stopped.
    init(ofOther isOthers: Bool = false) throws {
        self.isOthers = isOthers
        daemon = try DaemonProcess(unstarted: DaemonSettings())
        folder = daemon.folder.file("d")
        guard mkdir(folder, 0o700) == 0 else { throw FixtureFailure("mkdir \(folder): \(errno)") }
        daemon.disk = folder
        daemon.socketPath = folder + "/s"
        try daemon.configure()
        if isOthers {
            try give(folder)
            daemon.prefix = Self.prefix
        }
    }

    private static var prefix: [String] {
        ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"]
    }

    func give(_ path: String) throws {
        guard let entry = getpwnam(Self.user), chown(path, entry.pointee.pw_uid, entry.pointee.pw_gid) == 0
        else { throw FixtureFailure("chown \(path): \(errno)") }
    }

    func file(_ name: String) -> String { "\(folder)/\(name)" }

    func has(_ name: String) -> Bool { access(file(name), F_OK) == 0 }

    /// Writes over a file, or makes it, and leaves it the daemon's.
    func lay(_ bytes: [UInt8], down name: String, mode: mode_t) throws {
        let path = file(name)
        unlink(path)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        guard chmod(path, mode) == 0 else { throw FixtureFailure("chmod \(path): \(errno)") }
        if isOthers { try give(path) }
    }

    /// With the daemon's configuration; as the daemon's user, or as whoever runs the tests.
    func run(_ arguments: [String], asDaemon: Bool = true) throws -> CommandRun {
        try CommandRun(
            arguments + ["--config", daemon.configuration],
            prefix: asDaemon && isOthers ? Self.prefix : [])
    }

    /// Names, owners, modes and contents: what somebody who only looks leaves as it is. The log's index has
    /// nothing of its own.
    func contents() throws -> [String: String] {
        var found: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let facts = try FileFacts(file(name))
            let bytes = name.hasSuffix("-shm") ? nil : FileManager.default.contents(atPath: file(name))
            found[name] =
                "\(facts.uid) \(String(facts.mode, radix: 8)) \(facts.inode) \(bytes?.hashValue ?? 0)"
        }
        return found
    }
}
