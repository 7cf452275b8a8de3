import AgentProtocol
import Foundation
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// What keeps a daemon from starting, and what does not.
    @Suite struct StartTests {
        private let daemon: DaemonProcess
        private let token: MadeToken

        init() throws {
            daemon = try DaemonProcess()
            token = try daemon.create(.service("start"))
        }

        /// Another daemon, which is to end by itself.
        private func serve(
            socket: String? = nil, database: String? = nil, _ settings: DaemonSettings = DaemonSettings()
        ) throws -> CommandRun {
            let yaml = settings.yaml(
                socket: socket ?? daemon.folder.file("s2"), database: database ?? daemon.folder.file("db2"))
            return try CommandRun(["serve", "--config", daemon.folder.write(yaml, to: "c2.yaml")])
        }

        /// One line that says what is wrong, and nothing that only a programmer can read.
        private func expect(
            _ run: CommandRun, _ status: Int32, _ words: String...,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(run.status == status, "\(run.errors)", sourceLocation: sourceLocation)
            let last = run.errors.split(separator: "\n").last.map(String.init) ?? ""
            for word in words {
                #expect(last.contains(word), "\(run.errors)", sourceLocation: sourceLocation)
            }
            #expect(last.hasPrefix("tokenagent: "), "\(run.errors)", sourceLocation: sourceLocation)
            #expect(run.output == "", sourceLocation: sourceLocation)
        }

        private func expectUnharmed(sourceLocation: SourceLocation = #_sourceLocation) throws {
            #expect(try daemon.verdict(token) == "active", sourceLocation: sourceLocation)
            #expect(try daemon.create(.service("more")).token != "", sourceLocation: sourceLocation)
        }

        @Test func `a second daemon on the same socket is refused, and the first unharmed`() throws {
            expect(try serve(socket: daemon.socket), 75, daemon.socket, "another daemon")
            try expectUnharmed()
        }

        @Test func `a second daemon on the same database is refused, and the first unharmed`() throws {
            expect(try serve(database: daemon.database), 75, daemon.database)
            #expect(!daemon.folder.has("s2"), "its socket is gone again")
            try expectUnharmed()
        }

        @Test func `a socket that a dead daemon left is not in the way`() throws {
            try daemon.kill()
            #expect(daemon.folder.has("s"))
            try daemon.start()
            try expectUnharmed()
        }

        @Test func `a file that is no socket is left alone`() throws {
            let path = try daemon.folder.write("precious", to: "file")
            expect(try serve(socket: path), 78, path, "no socket")
            #expect(try daemon.folder.text(of: "file") == "precious")
        }

        @Test func `a folder that is not there is named`() throws {
            expect(try serve(socket: daemon.folder.file("none/s")), 78, "none")
            expect(try serve(database: daemon.folder.file("none/db")), 78, "none")
        }

        @Test func `a socket path that is too long is refused by the configuration`() throws {
            let path = "/tmp/" + String(repeating: "x", count: 103)
            expect(try serve(socket: path), 78, "socket.path", "107")
        }

        @Test func `the longest path that the configuration takes is listened at`() throws {
            let deep = daemon.folder.file(String(repeating: "x", count: 104 - daemon.folder.path.utf8.count))
            #expect(mkdir(deep, 0o755) == 0)
            let path = deep + "/s"
            #expect(path.utf8.count == 107)
            try daemon.terminate()
            let yaml = DaemonSettings().yaml(socket: path, database: daemon.database)
            let child = try ChildProcess(
                .init(
                    command: [
                        DaemonProcess.executable, "serve", "--config",
                        daemon.folder.write(yaml, to: "c2.yaml"),
                    ], errors: daemon.folder.file("log2")))
            try eventually("an answer") {
                guard child.isRunning else { throw FixtureFailure(try daemon.folder.text(of: "log2")) }
                do {
                    return try RawSocket(path: path).ask(DaemonProcess.request("agent.whoami"))
                } catch is FixtureFailure { return nil }
            }
            child.signal(SIGTERM)
            #expect(try child.wait() == 0)
        }

        @Test func `a database from the future is left as it is`() throws {
            try daemon.terminate()
            try SQLiteFile.execute("PRAGMA user_version = 99", in: daemon.database)
            let bytes = try daemon.folder.bytes(of: "db.sqlite")
            expect(try serve(database: daemon.database), 78, daemon.database, "99")
            #expect(try daemon.folder.bytes(of: "db.sqlite") == bytes)
            try SQLiteFile.execute("PRAGMA user_version = 1", in: daemon.database)
            try daemon.start()
            try expectUnharmed()
        }

        @Test func `a file that is no database is left as it is`() throws {
            let text = String(repeating: "no database ", count: 1000)
            let path = try daemon.folder.write(text, to: "text")
            expect(try serve(database: path), 78, path)
            #expect(try daemon.folder.text(of: "text") == text)
        }

        @Test(.enabled(if: NetworkDisk.isPossible, "nothing can be mounted here"))
        func `a database on a network file system is refused, and so is restoring one there`() throws {
            let disk = try NetworkDisk()
            expect(try serve(database: disk.path + "/db"), 78, disk.path, "network", NetworkDisk.type)
            #expect(!daemon.folder.has("s2"), "its socket is gone again")
            try expectUnharmed()
            let backup = daemon.folder.file("backup")
            let own = ["TOKENAGENT_CONFIG": daemon.configuration]
            #expect(try CommandRun(["backup", backup], environment: own).status == 0)
            let run = try CommandRun(["restore", "--config", daemon.folder.file("c2.yaml"), backup])
            #expect(run.status != 0 && run.errors.contains(NetworkDisk.type), "\(run.errors)")
        }

        @Test func `a sealing key that others can read is refused, and so is one of another length`() throws {
            try daemon.terminate()
            #expect(chmod(daemon.folder.file("seal.key"), 0o440) == 0)
            expect(try serve(database: daemon.database), 78, "seal.key", "chmod 400", "tokenagent key rotate")
            #expect(chmod(daemon.folder.file("seal.key"), 0o600) == 0)
            try daemon.start()
            try expectUnharmed()
            try daemon.terminate()
            try daemon.folder.write("short", to: "seal.key")
            expect(try serve(database: daemon.database), 78, "seal.key")
        }

        @Test(arguments: [
            ("socket: {pathh: /tmp/s}\n", "c3.yaml:1", "pathh", "path"),
            ("log: {level: info}\nlimits:\n  conections: 5\n", "c3.yaml:3", "conections", "connections"),
            ("purge: {grace: soon}\n", "c3.yaml:1", "purge.grace", "24h"),
            ("socket: {mode: 0660}\n", "c3.yaml:1", "socket.mode", "quotes"),
            ("http: {listen: nowhere}\n", "c3.yaml:1", "http.listen", "HOST:PORT"),
            ("directories:\n  - name: corp\n    url: ldap://x\n    bas: dc=x\n", "c3.yaml:4", "bas", "base"),
            ("access: [{role: adminn, users: [root]}]\n", "c3.yaml:1", "role", "admin"),
            ("socket: [\n", "c3.yaml", "", ""), ("just text\n", "c3.yaml:1", "mapping", ""),
        ]) func `a configuration that is wrong names the line, the key and what was expected`(
            yaml: String, place: String, key: String, advice: String
        ) throws {
            let path = try daemon.folder.write(yaml, to: "c3.yaml")
            let run = try CommandRun(["serve", "--config", path])
            #expect(run.status == 78)
            for word in [place, key, advice] where !word.isEmpty {
                #expect(run.errors.contains(word), "\(run.errors)")
            }
        }

        @Test func `a group for the socket that this machine does not have is named`() throws {
            let yaml = DaemonSettings()
                .yaml(socket: daemon.folder.file("s2"), database: daemon.folder.file("db2"))
                .replacing("group: null", with: "group: no-such-group")
            let run = try CommandRun(["serve", "--config", daemon.folder.write(yaml, to: "c2.yaml")])
            expect(run, 78, "socket.group", "no-such-group")
        }

        @Test func `a configuration that is not there is named`() throws {
            expect(try CommandRun(["serve", "--config", "/nowhere/c.yaml"]), 78, "/nowhere/c.yaml")
        }
    }
}
