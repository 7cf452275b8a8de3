import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// A sealing key whose file is gone, and comes back.
    @Suite struct LostKeyTests {
        private let daemon: DaemonProcess
        private let token: MadeToken
        private let key: String

        init() throws {
            daemon = try DaemonProcess()
            token = try daemon.create(.service("s"), ["retrievable": true])
            key = try #require(daemon.call("key.status")["keys"][0]["id"].text)
            try daemon.terminate()
        }

        private func reveal(_ token: MadeToken) throws -> String? {
            try daemon.call("token.reveal", ["id": .string(token.id)])["token"].text
        }

        private func doctor() throws -> CommandRun {
            try CommandRun(["doctor", "--config", daemon.configuration])
        }

        @Test func `its id and the place of its file are said everywhere, and verifying goes on`() throws {
            let file = daemon.folder.file("seal.key")
            #expect(rename(file, daemon.folder.file("elsewhere")) == 0)
            try daemon.start()
            #expect(try daemon.verdict(token) == "active")
            let line = try eventually("the key is told of") {
                try daemon.log.split(separator: "\n").first { $0.contains("a sealing key is not at hand") }
            }
            for word in [" error ", "key=\(key)", "secrets=1", "\(file).\(key)"] {
                #expect(line.contains(word), "\(line)")
            }
            let refusal = try daemon.refusal("token.reveal", ["id": .string(token.id)])
            #expect(refusal.known == .conflict && refusal.data?.conflict == "sealing_key_missing")
            let run = try daemon.run("reveal", token.id)
            #expect(run.status == 1)
            #expect(run.errors.contains("the key \(key) that sealed it is not at hand"))
            #expect(run.errors.contains("\(file).\(key)"))
            let doctor = try doctor()
            #expect(doctor.status == 1)
            #expect(doctor.output.contains("WRONG  sealing key: \(key) is not at hand"), "\(doctor.output)")
            // The one that was made instead seals, and goes on doing so when the lost one is back.
            let later = try daemon.create(.service("later"), ["retrievable": true])
            #expect(rename(daemon.folder.file("elsewhere"), "\(file).\(key)") == 0)
            let before = try daemon.log.utf8.count
            try daemon.restart()
            #expect(try reveal(token) == token.token)
            #expect(try reveal(later) == later.token)
            #expect(try self.doctor().status == 0)
            #expect(try !String(daemon.log.dropFirst(before)).contains("not at hand"))
        }

        @Test(.enabled(if: SmallDisk.isPossible, "nothing can be mounted here"))
        func `where none can be made in its place, what needs one is refused and the rest goes on`() throws {
            let disk = try SmallDisk(mebibytes: 1)
            let file = disk.path + "/seal.key"
            daemon.settings.sealKeyFile = file
            let bytes = [UInt8](repeating: 0x31, count: 32)
            try disk.lay(bytes, down: "seal.key", mode: 0o400)
            try daemon.start()
            let token = try daemon.create(.service("t"), ["retrievable": true])
            try daemon.terminate()
            unlink(file)
            try disk.setReadOnly(true)
            try daemon.start()
            #expect(try daemon.verdict(token) == "active")
            _ = try daemon.create(.service("plain"))
            let sealing = try daemon.refusal(
                "token.create", ["owner": .service("u"), "retrievable": true])
            #expect(sealing.known == .storageUnavailable && sealing.data?.detail?.contains(file) == true)
            #expect(
                try daemon.refusal("token.reveal", ["id": .string(token.id)]).data?.conflict
                    == "sealing_key_missing")
            try eventually("the log tells") {
                try daemon.log.contains("there is no sealing key, and none can be made")
            }
            #expect(try doctor().output.contains("WRONG  sealing key"))
            try disk.setReadOnly(false)
            try disk.lay(bytes, down: "seal.key", mode: 0o400)
            try daemon.restart()
            #expect(try reveal(token) == token.token)
        }
    }
}
