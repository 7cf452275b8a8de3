import AgentProtocol
import Foundation
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// What a start refuses of database and key, `doctor` calls wrong in the same words, and changes nothing.
    @Suite struct DoctorStorageTests {
        /// What is wrong by the doctor's word.
        private func wrong(
            _ home: Housing, asDaemon: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> [String] {
            let before = try home.contents()
            let run = try home.run(["doctor", "--offline", "--json"], asDaemon: asDaemon)
            #expect(try home.contents() == before, sourceLocation: sourceLocation)
            let answer = try JSONValue(line: String(run.output.dropLast()))
            let findings = answer["findings"].items.filter { $0["grade"] == "wrong" }
            #expect(run.status == (findings.isEmpty ? 0 : 1), sourceLocation: sourceLocation)
            for finding in findings { #expect(finding["advice"].text != nil, sourceLocation: sourceLocation) }
            return findings.compactMap { $0["detail"].text }
        }

        /// That `serve` refuses this, and what it says is what the doctor says, whoever asks.
        private func expectRefused(
            _ home: Housing, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let found = try wrong(home, sourceLocation: sourceLocation)
            let foundByRoot = try wrong(home, asDaemon: false, sourceLocation: sourceLocation)
            let serve = try home.run(["serve"])
            #expect(serve.status == 78, "\(serve.errors)", sourceLocation: sourceLocation)
            let last = serve.errors.split(separator: "\n").last.map(String.init) ?? ""
            let said = String(last.dropFirst("tokenagent: ".count))
            for word in words { #expect(said.contains(word), "\(said)", sourceLocation: sourceLocation) }
            #expect(found.contains(said), "\(said); \(found)", sourceLocation: sourceLocation)
            #expect(foundByRoot.contains(said), "\(said); \(foundByRoot)", sourceLocation: sourceLocation)
        }

        private func stopped(ofOther isOthers: Bool = false) throws -> (Housing, MadeToken) {
            let home = try Housing(ofOther: isOthers)
            try home.daemon.start()
            let token = try home.daemon.create(.service("t"), ["retrievable": true])
            try home.daemon.terminate()
            #expect(try wrong(home) == [])
            return (home, token)
        }

        @Test(arguments: ["text", "short", "newer", "damaged", "folder", "no folder"])
        func `a database that is refused`(_ how: String) throws {
            let (home, _) = try stopped()
            let path = home.daemon.database
            switch how {
            case "text":
                try home.lay(
                    Array(String(repeating: "text ", count: 99).utf8), down: "db.sqlite", mode: 0o600)
            case "short": try home.lay([1, 2, 3], down: "db.sqlite", mode: 0o600)
            case "newer": try SQLiteFile.execute("PRAGMA user_version = 99", in: path)
            case "damaged":
                var bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
                for index in 100..<4096 { bytes[index] = 0xA5 }
                try home.lay(bytes, down: "db.sqlite", mode: 0o600)
            case "folder": #expect(unlink(path) == 0 && mkdir(path, 0o700) == 0)
            default: try FileManager.default.removeItem(atPath: home.folder)
            }
            if how == "no folder" {
                let run = try home.run(["doctor", "--offline"])
                #expect(
                    run.output.contains("WRONG  storage: cannot open \(path): its directory \(home.folder)"))
                #expect(try home.run(["serve"]).status == 78)
                #expect(access(home.folder, F_OK) != 0)
                return
            }
            try expectRefused(home, path)
        }

        @Test(arguments: ["31 bytes", "33 bytes", "mode", "folder", "next", "retired"])
        func `a sealing key that is refused`(_ how: String) throws {
            let (home, _) = try stopped()
            switch how {
            case "31 bytes": try home.lay(Array(repeating: 7, count: 31), down: "seal.key", mode: 0o400)
            case "33 bytes": try home.lay(Array(repeating: 7, count: 33), down: "seal.key", mode: 0o400)
            case "mode": #expect(chmod(home.file("seal.key"), 0o644) == 0)
            case "folder":
                #expect(unlink(home.file("seal.key")) == 0 && mkdir(home.file("seal.key"), 0o700) == 0)
            case "next": try home.lay([7], down: "seal.key.next", mode: 0o400)
            default:
                try home.lay(
                    Array(repeating: 7, count: 32), down: "seal.key.0123456789abcdef", mode: 0o440)
            }
            try expectRefused(home, "seal.key")
        }

        @Test(
            .enabled(if: OtherUser.isPossible, "only root can give files away"),
            arguments: ["db.sqlite", "db.sqlite-wal", "db.sqlite.lock", "seal.key", "s.lock", "", "no room"])
        func `what belongs to somebody else is refused, and root sees it with the daemon's rights`(
            _ name: String
        ) throws {
            let (home, _) = try stopped(ofOther: true)
            if name == "no room" {
                // As somebody leaves it who puts a database in place by hand.
                for name in try FileManager.default.contentsOfDirectory(atPath: home.folder)
                where name != "db.sqlite" { #expect(unlink(home.file(name)) == 0) }
                #expect(chown(home.folder, 0, 0) == 0 && chmod(home.folder, 0o755) == 0)
                return try expectFound(home)
            }
            let path = name.isEmpty ? home.folder : home.file(name)
            #expect(chown(path, 0, 0) == 0)
            // Without its folder's owner there is the database's.
            guard !name.isEmpty else { return try expectFound(home) }
            try expectRefused(home, path, "Permission denied")
            let run = try home.run(["doctor", "--offline"], asDaemon: false)
            #expect(run.output.hasPrefix("ok     rights: looked at as games, whose the database"))
        }

        /// The socket lies in the same folder, which `serve` looks at first.
        private func expectFound(_ home: Housing) throws {
            #expect(try home.run(["serve"]).status == 78)
            for asDaemon in [true, false] {
                let found = try wrong(home, asDaemon: asDaemon)
                #expect(found.contains { $0.contains("db.sqlite.lock: Permission denied") }, "\(found)")
            }
        }

        @Test(.enabled(if: OtherUser.isPossible, "only root can give files away"))
        func `a configuration that the daemon's user cannot read is found by root, who can`() throws {
            let (home, _) = try stopped(ofOther: true)
            let path = home.daemon.configuration
            #expect(chmod(path, 0o600) == 0)
            let run = try CommandRun(["doctor", "--offline", "--config", path])
            #expect(run.output.contains("WRONG  configuration: \(path): cannot be read: Permission denied"))
            #expect(run.status == 1)
        }

        @Test(.enabled(if: OtherUser.isPossible, "only root can give files away"))
        func `of a user that this machine does not know root looks as root, and says so`() throws {
            let (home, _) = try stopped()
            for path in [home.folder, home.daemon.database] { #expect(chown(path, 54321, 54321) == 0) }
            let run = try home.run(["doctor", "--offline"])
            #expect(run.output.hasPrefix("NOTE   rights: looked at as root, who may do everything"))
            #expect(run.output.contains("and not as uid 54321, whose the database is"))
            #expect(run.status == 0, "\(run.output)")
        }

        @Test func `a database that is not there is made by a start, and that is said`() throws {
            let home = try Housing()
            let run = try home.run(["doctor", "--offline"])
            let path = home.daemon.database
            #expect(run.output.contains("ok     storage: \(path) is not there: a start makes an empty one"))
            #expect(run.output.contains("seal.key is not there: the first start makes one"))
            #expect(run.status == 0)
            #expect(try home.contents().isEmpty)
        }

        @Test func `a database that is gone is refused, and none is made in its place`() throws {
            let (home, token) = try stopped()
            let kept = home.daemon.folder.file("kept")
            #expect(rename(home.daemon.database, kept) == 0)
            try expectRefused(home, home.daemon.database, "is not there, or empty, though there was one")
            #expect(rename(kept, home.daemon.database) == 0)
            try home.daemon.start()
            #expect(try home.daemon.verdict(token) == "active")
        }

        @Test func `a database that others may read starts with a warning`() throws {
            let (home, token) = try stopped()
            let path = home.daemon.database
            #expect(chmod(path, 0o644) == 0)
            #expect(try wrong(home) == [], "its folder is closed")
            #expect(chmod(home.folder, 0o755) == 0)
            let said = "\(path) can be read by others than its owner"
            #expect(try wrong(home) == [said])
            try home.daemon.start()
            #expect(try home.daemon.verdict(token) == "active")
            let log = try home.daemon.log
            #expect(log.contains("warning") && log.contains(said), "\(log)")
        }

        @Test(
            arguments: [(0o755, 0o666), (0o755, 0o660), (0o777, 0o600), (0o773, 0o600)] as [(mode_t, mode_t)])
        func `one that others may write or replace is refused`(folder: mode_t, file: mode_t) throws {
            let (home, token) = try stopped()
            #expect(chmod(home.daemon.database, file) == 0 && chmod(home.folder, folder) == 0)
            try expectRefused(home, home.daemon.database)
            #expect(chmod(home.folder, 0o1777) == 0 && chmod(home.daemon.database, 0o600) == 0)
            try home.daemon.start()
            #expect(try home.daemon.verdict(token) == "active", "in a sticky folder nobody replaces it")
        }

        @Test(arguments: ["-wal", "-shm"])
        func `one whose log or its index others may write is refused, though it is closed itself`(
            _ suffix: String
        ) throws {
            let (home, _) = try stopped()
            let path = home.daemon.database + suffix
            #expect(chmod(home.folder, 0o755) == 0 && chmod(path, 0o660) == 0)
            try expectRefused(home, "\(path) can be changed by others than its owner")
        }

        @Test(.enabled(if: OtherUser.isPossible, "only root can give files away"), arguments: [true, false])
        func `a volume that a container's process has by a group without a name is no others'`(
            isTheirs: Bool
        ) throws {
            let (user, group) = (54321 as uid_t, 54322 as gid_t)
            #expect(getpwuid(user) == nil && getgrgid(group) == nil)
            let home = try Housing()
            // As a group of users gives it, and as Kubernetes does (fsGroup).
            #expect(chown(home.folder, 0, group) == 0 && chmod(home.folder, 0o2770) == 0)
            let said = "the group \(group) may put a database of its own"
            let groups = isTheirs ? "\(group)" : "\(group + 1)"
            home.daemon.prefix = ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=0", "--groups=\(groups)"]
            guard isTheirs else {
                // A folder of theirs that strangers' group may write.
                #expect(chown(home.folder, user, group) == 0)
                let serve = try CommandRun(
                    ["serve", "--config", home.daemon.configuration], prefix: home.daemon.prefix)
                #expect(serve.status == 78 && serve.errors.contains(said), "\(serve.errors)")
                return
            }
            try home.daemon.start()
            let token = try home.daemon.create(.service("t"))
            #expect(try home.daemon.verdict(token) == "active")
            let log = try home.daemon.log
            #expect(log.contains("warning") && log.contains(said), "\(log)")
        }

        @Test func `a lost sealing key is told of before a start makes another one`() throws {
            let (home, _) = try stopped()
            #expect(unlink(home.file("seal.key")) == 0)
            let run = try home.run(["doctor", "--offline"])
            #expect(
                run.output.contains("NOTE   sealing key: \(home.file("seal.key")) is not there, and secrets"))
            #expect(run.status == 0)
        }

        @Test func `of a log without its index no secret is passed over, and no index is made`() throws {
            let home = try Housing()
            try home.daemon.start()
            let token = try home.daemon.create(.service("t"), ["retrievable": true])
            try home.daemon.kill()
            #expect(unlink(home.daemon.database + "-shm") == 0)
            #expect(rename(home.file("seal.key"), home.daemon.folder.file("kept")) == 0)
            #expect(try wrong(home) == [])
            let run = try home.run(["doctor", "--offline"])
            #expect(
                run.output.contains("NOTE   sealing key: \(home.file("seal.key")) is not there, and secrets"))
            #expect(!home.has("db.sqlite-shm"))
            #expect(rename(home.daemon.folder.file("kept"), home.file("seal.key")) == 0)
            try home.daemon.start()
            #expect(try home.daemon.verdict(token) == "active")
        }

        @Test(arguments: ["killed", "alone"])
        func `one that was killed, or lies there alone, is looked at without a trace`(_ how: String) throws {
            let (home, token) = try stopped()
            if how == "killed" {
                try home.daemon.start()
                try home.daemon.kill()
            } else {
                for name in ["-wal", "-shm"] { #expect(unlink(home.daemon.database + name) == 0) }
            }
            #expect(try wrong(home) == [])
            try home.daemon.start()
            #expect(try home.daemon.verdict(token) == "active")
            #expect(try home.run(["doctor"]).status == 0)
        }
    }
}
