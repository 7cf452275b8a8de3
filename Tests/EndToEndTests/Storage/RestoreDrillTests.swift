import AgentProtocol
import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// The drill of docs/operating.md, as an administrator does it.
    @Suite struct RestoreDrillTests {
        private let daemon: DaemonProcess
        private let people: PeopleFile
        private var backup: String { daemon.folder.file("backup.sqlite") }
        /// By what becomes of them after the backup.
        private let tokens: [String: MadeToken]

        init() throws {
            people = try PeopleFile(["alice", "bob", "gone"], crowd: 20)
            daemon = try DaemonProcess(DaemonSettings(directories: [people.directory()]))
            var made: [String: MadeToken] = [:]
            for name in ["kept", "revoked", "rotated", "narrowed", "purged"] {
                let owner: JSONValue = name == "purged" ? "gone" : "alice"
                made[name] = try daemon.create(owner, ["name": .string(name)])
            }
            tokens = made
        }

        private func token(_ name: String) throws -> MadeToken { try #require(tokens[name]) }

        private func run(_ arguments: String..., status: Int32 = 0) throws -> CommandRun {
            let run = try CommandRun(arguments, environment: ["TOKENAGENT_CONFIG": daemon.configuration])
            #expect(run.status == status, "\(run.errors)")
            return run
        }

        /// Everything that may happen between a backup and the day it is needed.
        private func live() throws -> (rotated: MadeToken, made: MadeToken) {
            try daemon.call("token.revoke", ["id": .string(token("revoked").id)])
            let rotated = try MadeToken(daemon.call("token.rotate", ["id": .string(token("rotated").id)]))
            try daemon.call("token.update", ["id": .string(token("narrowed").id), "write": false])
            people.people.removeAll { $0.login == "gone" }
            try people.write()
            _ = try daemon.sync()
            #expect(try daemon.call("token.purge")["purged"].items.count == 1)
            return (rotated, try daemon.create("bob"))
        }

        @Test func `after a restored backup nothing that was taken away comes back`() throws {
            let output = try run("backup", backup).output
            #expect(output.contains("5, and 0 tombstones"))
            #expect(output.contains("sealing key"))
            let (rotated, made) = try live()

            let refused = try run("restore", backup, status: 75)
            #expect(refused.errors.contains("is in use"))
            #expect(try daemon.verdict(made) == "active", "the daemon was not disturbed")

            try daemon.terminate()
            _ = try run("restore", "--dry-run", backup)
            let report = try JSONDecoder().decode(
                JSONValue.self, from: Data(run("restore", "--json", backup).output.utf8))
            #expect(report["still_ended"].items.count == 2)
            #expect(report["carried_over"].items.count == 2)
            #expect(report["forgotten"].items == [.string(made.id)])
            #expect(report["revoked"].items == [])

            try daemon.start()
            try daemon.awaitReadings()
            #expect(try daemon.verdict(token("kept")) == "active")
            #expect(try daemon.verdict(token("revoked")) == "revoked")
            #expect(try daemon.verdict(token("purged")) == "unknown")
            #expect(try daemon.verdict(token("rotated")) == "unknown", "the old secret")
            #expect(try daemon.verdict(rotated) == "active", "the new one")
            #expect(try daemon.verdict(token("narrowed").token, ["write": true]) == "read_only")
            #expect(try daemon.verdict(made) == "unknown")
            let former = try #require(report["former"].text)
            #expect(FileManager.default.fileExists(atPath: former))
        }

        @Test func `without the audit trail nothing is restored before somebody decides`() throws {
            _ = try run("backup", backup)
            let (rotated, _) = try live()
            try daemon.terminate()
            for file in ["", "-wal", "-shm"] { unlink(daemon.database + file) }
            let offer = try run("restore", backup, status: 4)
            #expect(offer.errors.contains("--revoke-issued-before"))
            #expect(offer.errors.contains("--accept-unrevoked"))
            #expect(!FileManager.default.fileExists(atPath: daemon.database))

            let early = try run("restore", "--revoke-issued-before", "2020-01-01T00:00:00Z", backup)
            #expect(early.output.contains("tokens, any of which may have been revoked"))
            #expect(early.errors.contains("before the backup's last change"))
            for file in ["", "-wal", "-shm"] { unlink(daemon.database + file) }

            let late = try run("restore", "--revoke-issued-before", "2999-01-01T00:00:00Z", backup)
            #expect(!late.output.contains("good again") && late.errors == "")
            try daemon.start()
            for name in tokens.keys.sorted() {
                #expect(try daemon.verdict(token(name)) != "active", "\(name)")
            }
            #expect(try daemon.verdict(rotated) == "unknown")

            try daemon.terminate()
            for file in ["", "-wal", "-shm"] { unlink(daemon.database + file) }
            _ = try run("restore", "--accept-unrevoked", backup)
            try daemon.start()
            #expect(try daemon.verdict(token("revoked")) == "active", "as somebody has said")
        }

        @Test func `the log of a database that is lost is kept, for it may be found again`() throws {
            _ = try run("backup", backup)
            let late = try daemon.create(.service("late"))
            try daemon.kill()
            let (database, away) = (daemon.database, daemon.folder.file("away"))
            let log = try Data(contentsOf: URL(filePath: database + "-wal"))
            #expect(!log.isEmpty && rename(database, away) == 0)
            _ = try run("restore", "--accept-unrevoked", backup)
            let kept = try #require(
                try FileManager.default.contentsOfDirectory(atPath: daemon.folder.path).first {
                    $0.hasSuffix("-wal") && $0.contains(".before-restore-")
                })
            #expect(try Data(contentsOf: URL(filePath: daemon.folder.file(kept))) == log)
            // Both together are what was there.
            for file in ["", "-wal", "-shm", ".head"] { unlink(database + file) }
            #expect(rename(away, database) == 0)
            #expect(rename(daemon.folder.file(kept), database + "-wal") == 0)
            try daemon.start()
            #expect(try daemon.verdict(late) == "active")
        }

        @Test(.enabled(if: OtherUser.isPossible, "only root can give files away"))
        func `what root restores belongs to whom the database belonged to, with its mode`() throws {
            _ = try run("backup", backup)
            try daemon.terminate()
            let user = try #require(getpwnam("games")).pointee
            for file in FileFacts.beside(daemon.database) + [daemon.folder.path] {
                #expect(chown(file, user.pw_uid, user.pw_gid) == 0)
            }
            _ = try run("restore", backup)
            let restored = FileFacts.beside(daemon.database)
            #expect(restored.contains(daemon.database))
            for file in restored {
                let facts = try FileFacts(file)
                #expect(facts.uid == user.pw_uid && facts.gid == user.pw_gid, "\(file)")
                #expect(facts.mode == 0o600, "\(file)")
            }
            // Also where there is none any more: whoever owns the folder owns what is in it.
            for file in restored { unlink(file) }
            _ = try run("restore", "--accept-unrevoked", backup)
            let facts = try FileFacts(daemon.database)
            #expect(facts.uid == user.pw_uid && facts.gid == user.pw_gid && facts.mode == 0o600)
        }

        @Test func `a backup is not written over, nor a file that is none restored`() throws {
            _ = try run("backup", backup)
            #expect(try run("backup", backup, status: 64).errors.contains("--force"))
            _ = try run("backup", "--force", "--quiet", backup)
            #expect(try run("backup", "--force", daemon.database, status: 64).errors.contains("itself"))
            try daemon.terminate()
            _ = try run("restore", daemon.configuration, status: 78)
            _ = try run("restore", daemon.folder.file("nothing"), status: 64)
            _ = try run("restore", "nothing", status: 64)
            #expect(try run("restore", daemon.database, status: 64).errors.contains("itself"))
            try daemon.start()
            #expect(try daemon.verdict(token("kept")) == "active")
        }
    }
}
