import AgentProtocol
import Foundation
import Testing

@testable import RealServers

extension EndToEnd {
    /// The command line against a daemon: what goes in, what comes out, and with which code it ends.
    @Suite struct CommandsTests {
        private let file: PeopleFile
        private let daemon: DaemonProcess

        init() throws {
            file = try PeopleFile(["alice", "bob"], crowd: 10)
            daemon = try DaemonProcess(DaemonSettings(directories: [file.directory()]))
        }

        @Test func `a token is made, verified from standard input, and revoked`() throws {
            let made = try daemon.run("create", "alice", "--flag", "pull")
            #expect(made.status == 0, "\(made.errors)")
            let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(made.output == token + "\n")
            #expect(try daemon.verdict(token) == "active")
            #expect(!made.errors.contains(token))
            let verified = try daemon.run("verify", "--flag", "pull", input: token + "\n")
            #expect(verified.status == 0)
            #expect(verified.output.hasPrefix("active\n"))
            #expect(!verified.output.contains("\u{1B}"), "no colours where there is no terminal")
            let file = try daemon.folder.write(token, to: "token")
            #expect(try daemon.run("verify", "--file", file, "--flag", "push").status == 1)
            let id = String(token.split(separator: "_")[1])
            #expect(try daemon.run("revoke", id, "--reason", "lost").status == 0)
            let refused = try daemon.run("verify", "--file", file)
            #expect(refused.status == 1)
            #expect(refused.output.contains("revoked"))
            let quiet = try daemon.run("verify", "--quiet", "--file", file)
            #expect((quiet.status, quiet.output, quiet.errors) == (1, "", ""))
            #expect(try daemon.run("restore", id).status == 0)
            #expect(try daemon.run("verify", "--quiet", "--file", file).status == 0)
            #expect(try daemon.run("explain", id).output.contains("lost"))
        }

        @Test func `a daemon that lets nobody in is told from none`() throws {
            let stuck = try UnixEndpoint(listeningAt: daemon.folder.file("stuck"), backlog: 0)
            let first = try RawSocket(path: daemon.folder.file("stuck"))
            let run = try CommandRun(["whoami", "--socket", daemon.folder.file("stuck")])
            #expect(run.status == 75)
            #expect(run.errors.contains("the daemon hangs"), "\(run.errors)")
            #expect(!run.errors.contains("tokenagent serve"))
            withExtendedLifetime((stuck, first)) {}
        }

        @Test func `a token is never an argument`() throws {
            let token = try daemon.create("alice").token
            #expect(try daemon.run("verify", token).status == 64)
            #expect(try daemon.run("verify", "--token", token).status == 64)
            #expect(try daemon.run("list", "--as-token", token).status == 64)
        }

        @Test func `a new token goes into a new file that only its owner reads, and over no other`() throws {
            let path = daemon.folder.file("made")
            let made = try daemon.run("create", "alice", "--output", path, "--quiet")
            #expect((made.status, made.output, made.errors) == (0, "", ""))
            let token = try daemon.folder.text(of: "made").trimmingCharacters(in: .newlines)
            #expect(try daemon.verdict(token) == "active")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try daemon.run("create", "bob", "--output", path).status == 64)
            #expect(try daemon.call("token.list", ["owner": "bob"])["tokens"].items.isEmpty)
            #expect(try daemon.folder.text(of: "made").contains(token))
        }

        @Test(arguments: [[], ["--json"]])
        func `a secret that cannot be shown is said to be lost, with what gives another`(
            json: [String]
        )
            throws
        {
            let made = try daemon.create("alice")
            for command in [["rotate", made.id], ["create", "bob"]] {
                let run = try CommandRun(
                    command + json, environment: ["TOKENAGENT_SOCKET": daemon.socket], output: "/dev/full")
                #expect(run.status == 74)
                #expect(run.errors.contains("it was done"), "\(run.errors)")
                #expect(run.errors.contains("`tokenagent rotate "), "\(run.errors)")
            }
            #expect(try daemon.verdict(made) != "active")
        }

        @Test(.enabled(if: SmallDisk.isPossible, "a file system in memory can be mounted by root only"))
        func `where a disk has no room for a token none is made and none dies`() throws {
            let disk = try SmallDisk(mebibytes: 1)
            let made = try daemon.create("alice")
            try disk.fill()
            let path = disk.path + "/new.token"
            for command in [["rotate", made.id], ["create", "bob"]] {
                let run = try CommandRun(
                    command + ["--output", path], environment: ["TOKENAGENT_SOCKET": daemon.socket])
                #expect(run.status == 75, "\(run.errors)")
                #expect(run.errors.contains("nothing was done"), "\(run.errors)")
                #expect(access(path, F_OK) != 0)
            }
            #expect(try daemon.verdict(made) == "active")
            #expect(try daemon.call("token.list", ["owner": "bob"])["tokens"].items.isEmpty)
        }

        @Test func `what is so already is said to be so`() throws {
            let id = try daemon.create("alice").id
            #expect(try daemon.run("restore", id).output.contains("neither revoked nor purged"))
            #expect(try daemon.run("revoke", id).output.hasPrefix("Revoked"))
            #expect(try daemon.run("revoke", id).output.contains("was revoked already"))
            #expect(try daemon.run("restore", id).output.hasPrefix("Restored"))
        }

        @Test func `records name the owner's login, the second and the zone`() throws {
            let id = try daemon.create("alice").id
            let audit = try daemon.run("audit", "list", "--token", id).output
            #expect(audit.contains("alice (corp:"), "\(audit)")
            #expect(audit.contains(/\d\dT\d\d:\d\d:\d\d(Z|[+-])/), "\(audit)")
            #expect(try daemon.run("explain", id).output.contains(/T\d\d:\d\d:\d\d(Z|[+-])/))
        }

        @Test func `a token of one's own needs no owner, and a purge of nothing is no purge that is held`()
            throws
        {
            let own = try daemon.create("alice")
            let file = try daemon.folder.write(own.token, to: "own")
            let made = try daemon.run("create", "--name", "laptop", "--as-token-file", file)
            #expect(made.status == 0, "\(made.errors)")
            #expect(try daemon.call("token.list", ["owner": "alice"])["tokens"].items.count == 2)
            #expect(try daemon.run("create", "--name", "laptop").status == 64, "root is nobody there")
            let purge = try daemon.run("purge", "--plan", "3f9a41c07d52e6b8")
            #expect(purge.status == 0 && purge.output.contains("Nothing to purge"), "\(purge.errors)")
        }

        @Test func `JSON is the result as the socket gives it`() throws {
            let id = try daemon.create("alice").id
            for (arguments, method, params) in [
                (["show", id], "token.show", ["id": .string(id)]),
                (["list"], "token.list", [:]), (["list", "alice"], "token.list", ["owner": "alice"]),
                (["users", "alice"], "user.show", ["user": "alice"]),
                (["explain", id], "token.explain", ["id": .string(id)]),
                (["users"], "user.list", [:]),
            ] as [([String], String, JSONValue)] {
                let run = try CommandRun(
                    arguments + ["--json"], environment: ["TOKENAGENT_SOCKET": daemon.socket])
                #expect(run.status == 0, "\(arguments) \(run.errors)")
                #expect(run.output.hasSuffix("\n"))
                #expect(try JSONValue(line: run.output) == daemon.call(method, params), "\(arguments)")
                #expect(run.errors == "")
            }
        }

        @Test func `each way to end has its code`() throws {
            let token = try daemon.create("alice")
            let tokenFile = try daemon.folder.write(token.token, to: "alice.token")
            #expect(try daemon.run("list").status == 0)
            #expect(try daemon.run("show", "00000000").status == 1)
            #expect(try daemon.run("create", "nobody-here").status == 1)
            #expect(try daemon.run("create", "alice").status == 1, "there is one already")
            #expect(try daemon.run("no-such-command").status == 64)
            #expect(try daemon.run("create").status == 64)
            #expect(try daemon.run("list", "--state", "nonsense").status == 64)
            #expect(try daemon.run("verify", "--file", "/nowhere/token").status == 64)
            #expect(try daemon.run("verify", input: "").status == 64)
            #expect(try daemon.run("sync", "--as-token-file", tokenFile).status == 77)
            #expect(try daemon.run("purge", "--as-token-file", tokenFile).status == 77)
            let none = try CommandRun(["status", "--socket", "/tmp/no-such-socket"])
            #expect(none.status == 69)
            #expect(none.errors.contains("tokenagent serve"))
            let configuration = try daemon.folder.write("sockett: {}\n", to: "wrong.yaml")
            let wrong = try CommandRun(["status"], environment: ["TOKENAGENT_CONFIG": configuration])
            #expect(wrong.status == 69, "nobody listens at the packaged socket")
            #expect(wrong.errors.contains("sockett") && wrong.errors.contains("asking at"))
            file.removeFile()
            #expect(try daemon.run("sync").status == 3)
            #expect(try daemon.run("create", "newcomer").status == 3)
        }

        @Test func `cron hears nothing when all is well, and one line otherwise`() throws {
            let token = try daemon.create("alice")
            file.people.removeFirst()
            try file.write()
            for command in ["sync", "purge"] {
                let run = try daemon.run(command, "--quiet")
                #expect((run.status, run.output, run.errors) == (0, "", ""), "\(command)")
            }
            #expect(try daemon.state(token) == "purged")
            file.removeFile()
            let failed = try daemon.run("sync", "--quiet")
            #expect(failed.status == 3)
            #expect(failed.output == "")
            #expect(failed.errors.split(separator: "\n").count == 1)
        }

        @Test func `a purge is shown before it is done`() throws {
            let token = try daemon.create("alice")
            file.people.removeFirst()
            try file.write()
            #expect(try daemon.run("sync").status == 0)
            let shown = try daemon.run("purge", "--dry-run")
            #expect(shown.status == 0)
            #expect(shown.output.contains(token.id))
            #expect(try daemon.state(token) == "obsolete")
            let plan = try #require(shown.output.split(separator: " ").last).trimmingCharacters(in: .newlines)
            let done = try daemon.run("purge", "--plan", plan)
            #expect(done.status == 0, "\(done.errors)")
            #expect(done.output.contains("alice"))
            #expect(try daemon.state(token) == "purged")
        }

        @Test func `every command explains itself`() throws {
            for command in [
                "serve", "create", "verify", "list", "show", "update", "rotate", "reveal", "revoke",
                "restore",
                "purge", "explain", "sync", "directory", "users", "status", "whoami", "doctor",
            ] {
                let help = try CommandRun([command, "--help"])
                #expect(help.status == 0, "\(command)")
                #expect(help.output.contains("tokenagent \(command)"), "\(command)")
            }
            #expect(try CommandRun(["--help"]).output.contains("verify"))
        }

        @Test func `the other commands do what their methods do`() throws {
            let made = try daemon.create("alice", ["retrievable": true])
            let update = try daemon.run("update", made.id, "--no-write", "--name", "laptop")
            #expect(update.status == 0, "\(update.errors)")
            #expect(try daemon.call("token.show", ["id": .string(made.id)])["name"] == "laptop")
            #expect(try daemon.verdict(made.token, ["write": true]) == "read_only")
            #expect(try daemon.run("reveal", made.id).output == made.token + "\n")
            let rotated = try daemon.run("rotate", made.id, "--quiet")
            #expect(try daemon.verdict(rotated.output.trimmingCharacters(in: .newlines)) == "active")
            #expect(try daemon.run("show", made.id).output.contains("laptop"))
            #expect(try daemon.run("list", "alice").output.contains(made.id))
            #expect(try daemon.run("users", "alice").output.contains("alice@example.org"))
            #expect(try daemon.run("directory", "status").output.contains("corp"))
            #expect(try daemon.run("directory", "test").status == 0)
            #expect(try daemon.run("status").status == 0)
            #expect(try daemon.run("whoami").output.contains("admin"))
        }
    }
}
