import AgentProtocol
import Foundation
import Glibc
import Synchronization
import Testing

@testable import RealServers

extension EndToEnd {
    @Suite struct AuditTrailTests {
        private let daemon: DaemonProcess
        private let tokens: [MadeToken]

        init() throws {
            daemon = try DaemonProcess()
            tokens = try ["a", "b", "c"].map { [daemon] in try daemon.create(.service($0)) }
            try daemon.call("token.revoke", ["id": .string(tokens[1].id), "reason": "lost"])
        }

        private func run(_ arguments: String...) throws -> CommandRun {
            try CommandRun(arguments, environment: ["TOKENAGENT_SOCKET": daemon.socket])
        }

        @Test func `a line tells who did what, how that is known, when and why`() throws {
            let lines = try daemon.call("audit.list", ["token": .string(tokens[1].id)])["lines"].items
            #expect(lines.map { $0["event"] } == ["token.created", "token.revoked"])
            let line = try #require(lines.last)
            #expect(line["by"].text?.hasPrefix("uid \(getuid())") == true)
            #expect(line["how"].text == "kernel, process \(getpid()); role admin")
            #expect(lines[0]["how"] == line["how"])
            #expect(line["detail"] == "lost")
            #expect(line["owner"] == ["source": "service", "id": "b"])
            #expect(line["seq"] == 4)

            let own = try daemon.call(
                "audit.list", ["by": .string("uid \(getuid())"), "event": "token.created", "limit": 2])
            #expect(own["lines"].items.map { $0["seq"] } == [2, 3], "the last ones, in their order")
        }

        @Test func `what is done with a token's rights names the token, and who passed it on`() throws {
            let own = try daemon.create(.service("c"), ["name": "own"])
            try daemon.call(
                "token.revoke", ["id": .string(own.id), "as": ["token": .string(tokens[2].token)]])
            let line = try daemon.call("audit.list", ["limit": 1])["lines"][0]
            #expect(line["by"].text == "token \(tokens[2].id) (c)")
            #expect(line["how"].text == "token, over uid \(getuid()), process \(getpid()); role self")
        }

        @Test func `lines are followed as they are written`() throws {
            let folder = try TemporaryFolder()
            let child = try ChildProcess(
                .init(
                    command: [
                        DaemonProcess.executable, "audit", "list", "--follow", "--event", "token.created",
                    ],
                    environment: ["TOKENAGENT_SOCKET": daemon.socket], output: folder.file("out"),
                    errors: folder.file("err")))
            func shown() throws -> String { folder.has("out") ? try folder.text(of: "out") : "" }
            try eventually("the first lines") { try shown().contains(tokens[2].id) }
            let made = try daemon.create(.service("d"))
            try daemon.call("token.revoke", ["id": .string(made.id)])
            let last = try daemon.create(.service("e"))
            try eventually("the new lines") { try shown().contains(last.id) }
            child.signal(SIGTERM)
            _ = try child.wait()
            let text = try shown()
            #expect(text.contains(made.id))
            #expect(!text.contains("token.revoked"))
            #expect(text.split(separator: "\n").count == 6, "headings, and five lines: \(text)")
        }

        @Test func `where nothing is new, nothing is told to who follows`() throws {
            let polls = Mutex(0)
            let fake = try FakeDaemon { _ in
                let count = polls.withLock { count in
                    count += 1
                    return count
                }
                let lines =
                    count == 4
                    ? #"{"seq":2,"at":"2026-11-23T09:00:00.000Z","event":"token.created","token":null,"#
                        + #""owner":null,"by":"x","how":null,"detail":null,"hash":"00"}"# : ""
                let answer = #"{"jsonrpc":"2.0","id":\#(count),"result":{"head":"1:00","lines":[\#(lines)]}}"#
                return count < 6 ? .answer(answer) : .hangUp
            }
            let run = try CommandRun(["audit", "list", "--follow", "--json", "--socket", fake.path])
            #expect(run.status == 75, "\(run.errors)")
            let lines = run.output.split(separator: "\n")
            #expect(lines.count == 2, "the first answer, and the one with a line: \(run.output)")
            #expect(lines.last?.contains("token.created") == true)
        }

        @Test func `an intact trail is, and a changed, removed or cut line is found`() throws {
            let intact = try run("audit", "verify")
            #expect(intact.status == 0)
            let head = try #require(try daemon.call("audit.list")["head"].text)
            #expect(intact.output == "4 lines, intact; head \(head)\n")
            #expect(try run("audit", "verify", "--head", head).status == 0)

            try daemon.terminate()
            let note = try daemon.folder.text(of: "db.sqlite.head")
            #expect(note == head + "\n", "noted at the end")
            let cut = """
                DELETE FROM audit WHERE seq > 2; UPDATE sqlite_sequence SET seq = 2 WHERE name = 'audit'
                """
            try SQLiteFile.execute(cut, in: daemon.database)
            try daemon.start()
            let found = try run("audit", "verify")
            #expect(found.status == 1)
            #expect(found.output.contains("cut or replaced"))
            // Beside the socket: the log may have it a moment later.
            try eventually("the log has it") {
                try daemon.log.contains("the audit trail was cut or replaced")
            }
            try daemon.restart()
            #expect(try run("audit", "verify").status == 1, "the evidence is not written over")

            unlink(daemon.folder.file("db.sqlite.head"))
            #expect(try run("audit", "verify").status == 0, "nothing on this machine tells any more")
            #expect(try run("audit", "verify", "--head", head).status == 1, "but what was kept elsewhere")

            try daemon.terminate()
            try SQLiteFile.execute("UPDATE audit SET by = 'nobody' WHERE seq = 2", in: daemon.database)
            try daemon.start()
            #expect(try run("audit", "verify").output.contains("broken: line 2"))
        }

        @Test func `the trail is for admins alone`() throws {
            guard OtherUser.isPossible else { return }
            daemon.settings.access = ["role: verifier, users: [\"*\"]"]
            try daemon.reload()
            for method in ["audit.list", "audit.verify", "key.status", "key.rotate"] {
                #expect(try daemon.refusal(method).known == .notPermitted)
            }
        }

        @Test func `the sealing key is replaced while the daemon serves`() throws {
            let sealed = try daemon.create(.service("s"), ["retrievable": true])
            let before = try daemon.call("key.status")
            let former = try #require(before["keys"][0]["id"].text)
            #expect(before["keys"][0]["sealed"] == 1)
            let rotated = try run("key", "rotate")
            #expect(rotated.status == 0, "\(rotated.errors)")
            #expect(rotated.output.contains("1 secrets were sealed anew"))
            let after = try daemon.call("key.status")
            #expect(after["rotating"] == false)
            #expect(after["keys"][0]["id"].text != former)
            #expect(after["keys"].items.map { $0["sealed"] } == [1, 0])
            for _ in 0..<2 {
                let revealed = try daemon.call("token.reveal", ["id": .string(sealed.id)])
                #expect(revealed["token"].text == sealed.token)
                try daemon.kill()
                unlink(daemon.folder.file("seal.key.\(former)"))
                try daemon.start()
            }
            let line = try daemon.call("audit.list", ["event": "key.rotated"])["lines"][0]
            #expect(line["detail"].text?.contains("1 sealed anew") == true)
        }

        @Test(.enabled(if: SmallDisk.isPossible, "nothing can be mounted here"))
        func `a key in a folder that cannot be written is replaced by laying the next one down`() throws {
            let credentials = try SmallDisk(mebibytes: 1)
            // 0440 is how systemd's credentials look: the ACL of the unit's user shows there.
            try credentials.lay(Array(repeating: 0x31, count: 32), down: "seal.key", mode: 0o440)
            try credentials.setReadOnly(true)
            try daemon.terminate()
            daemon.environment["CREDENTIALS_DIRECTORY"] = credentials.path
            try daemon.start()
            let sealed = try daemon.create(.service("s"), ["retrievable": true])
            func reveal() throws -> String? {
                try daemon.call("token.reveal", ["id": .string(sealed.id)])["token"].text
            }
            let refused = try run("key", "rotate")
            #expect(refused.status != 0)
            #expect(refused.errors.contains("seal.key.next") && refused.errors.contains("LoadCredential="))
            #expect(try daemon.call("key.status")["rotating"] == false)
            #expect(try reveal() == sealed.token)

            try credentials.setReadOnly(false)
            try credentials.lay(Array(repeating: 0x32, count: 32), down: "seal.key.next", mode: 0o440)
            try credentials.setReadOnly(true)
            try daemon.restart()
            try eventually("all is sealed anew") {
                try daemon.call("key.status")["keys"].items.map { $0["sealed"] } == [1, 0]
            }
            #expect(try reveal() == sealed.token)
            // Refused for as long as the daemon itself is at it.
            try eventually("what is left to do is said") {
                try run("key", "rotate").output.contains("in the place of seal.key")
            }

            try credentials.setReadOnly(false)
            #expect(rename(credentials.path + "/seal.key.next", credentials.path + "/seal.key") == 0)
            try credentials.setReadOnly(true)
            try daemon.restart()
            #expect(try reveal() == sealed.token)
            #expect(try daemon.call("key.status")["rotating"] == false)
        }

        @Test func `a rotation that was cut short goes on at the next start`() throws {
            let sealed = try daemon.create(.service("s"), ["retrievable": true])
            try daemon.terminate()
            let next = daemon.folder.file("seal.key.next")
            let isMade = FileManager.default.createFile(
                atPath: next, contents: Data(repeating: 7, count: 32), attributes: [.posixPermissions: 0o400])
            #expect(isMade)
            try daemon.start()
            try eventually("the end of the rotation") { try daemon.call("key.status")["rotating"] == false }
            #expect(!FileManager.default.fileExists(atPath: next))
            #expect(try daemon.call("token.reveal", ["id": .string(sealed.id)])["token"].text == sealed.token)
        }
    }
}
