import AgentProtocol
import Glibc
import SeededRuns
import Testing

extension EndToEnd {
    /// A disk that is full stops changes and nothing else, and needs nobody once there is room.
    @Suite(.enabled(if: SmallDisk.isPossible, "a file system in memory can be mounted by root only"))
    struct DiskFullTests {
        @Test
        func `while the disk is full all verifies are answered, and changes work again without a restart`()
            throws
        {
            let disk = try SmallDisk(mebibytes: 16)
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            daemon.disk = disk.path
            try daemon.start()
            let tokens = try (0..<20).map { try daemon.create(.service("before-\($0)")) }
            let watch = Watch(daemon, tokens)
            watch.begin()

            let refusal = try fill(disk, under: daemon)
            #expect(refusal.data?.reason == "storage_unavailable")
            #expect(refusal.data?.detail?.contains("disk is full") == true, "\(refusal)")
            let revoke = try daemon.refusal("token.revoke", ["id": .string(tokens[0].id)])
            #expect(revoke.data?.reason == "storage_unavailable")
            try watch.more(200)
            let doctor = try CommandRun(["doctor", "--config", daemon.configuration])
            #expect(doctor.status == 1 && doctor.output.contains("WRONG  room: 0 MiB"), "\(doctor.output)")
            #expect(try daemon.run("status").output.contains("0 MiB left"))

            var made: MadeToken?
            let recovery = try best(under: .seconds(5)) { round in
                if round > 1 { _ = try fill(disk, under: daemon) }
                disk.free()
                let freed = ContinuousClock.now
                made = try eventually("a create") { try create(in: daemon).made }
                return freed.duration(to: .now)
            }
            Torture.tell("disk full: \(watch.count) verifies, recovered in \(recovery)")
            #expect(recovery < .seconds(5))
            try daemon.call("token.revoke", ["id": .string(tokens[0].id)])
            let wrong = watch.end()
            #expect(wrong == [], "every verify is answered, and rightly")
            #expect(watch.count > 200)

            try daemon.kill()
            try daemon.start()
            #expect(try daemon.verdict(tokens[0]) == "revoked")
            #expect(try daemon.verdict(tokens[1]) == "active")
            #expect(try daemon.verdict(#require(made)) == "active")
            try daemon.terminate()
        }

        /// What is missing makes itself felt in different places: SQLite's index of the log has 32 KiB.
        @Test(arguments: [["-shm"], ["-wal", "-shm"]])
        func `a start that finds too little room is for later, however much it is`(missing: [String]) throws {
            let disk = try SmallDisk(mebibytes: 2)
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            daemon.disk = disk.path
            try daemon.start()
            let token = try daemon.create(.service("before"))
            // As after a copy that took no index along; and as after a restore.
            if missing.count == 1 { try daemon.kill() } else { try daemon.terminate() }
            for rest in [0, 8, 16, 28] {
                for name in missing { unlink(daemon.database + name) }
                disk.free()
                try disk.fill(leaving: rest << 10)
                let serve = try CommandRun(["serve", "--config", daemon.configuration])
                #expect(serve.status == 75, "\(rest) KiB: \(serve.errors)")
                #expect(serve.errors.contains("disk is full"), "\(rest) KiB: \(serve.errors)")
            }
            disk.free()
            try daemon.start()
            #expect(try daemon.verdict(token) == "active")
        }

        @Test func `a first start that finds no room for the sealing key is for later`() throws {
            let disk = try SmallDisk(mebibytes: 1)
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            daemon.settings.sealKeyFile = disk.path + "/seal.key"
            try daemon.configure()
            try disk.fill()
            let serve = try CommandRun(["serve", "--config", daemon.configuration])
            #expect(serve.status == 75 && serve.errors.contains("disk is full"), "\(serve.errors)")
            disk.free()
            try daemon.start()
        }

        /// Answers what a create is refused with.
        private func fill(_ disk: SmallDisk, under daemon: DaemonProcess) throws -> RPCError {
            try disk.fill()
            return try eventually("a refused create") { try create(in: daemon).refusal }
        }

        private enum Outcome {
            case made(MadeToken)
            case refused(RPCError)

            var made: MadeToken? { if case .made(let token) = self { token } else { nil } }
            var refusal: RPCError? { if case .refused(let error) = self { error } else { nil } }
        }

        private func create(in daemon: DaemonProcess) throws -> Outcome {
            do {
                return .made(try daemon.create(.service("more-\(UInt64.random(in: 0..<1 << 60))")))
            } catch let
                error as RPCError
            {
                return .refused(error)
            }
        }
    }
}
