import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// What `doctor` says of the bridge's address.
    @Suite struct DoctorHTTPTests {
        /// A daemon, with `http` as given in YAML's flow style, and what the doctor says of it.
        private func doctor(_ http: String, _ daemon: DaemonProcess) throws -> CommandRun {
            daemon.settings.more = "http: {\(http)}"
            try daemon.configure()
            return try CommandRun(["doctor", "--config", daemon.configuration])
        }

        /// A daemon that has run once.
        private func stopped() throws -> DaemonProcess {
            let daemon = try DaemonProcess()
            try daemon.terminate()
            return daemon
        }

        private func expect(
            _ run: CommandRun, _ words: String, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(run.output.contains(words), "\(run.output)", sourceLocation: sourceLocation)
        }

        @Test func `a port that the daemon listens at is right, and so is one that is free`() throws {
            let port = try Listener().port
            let daemon = try stopped()
            expect(
                try doctor("listen: '127.0.0.1:\(port)'", daemon), "ok     http: 127.0.0.1:\(port) is free")
            try daemon.start()
            try eventually("the bridge") { BridgeProbe.isWell(port: port) }
            let run = try doctor("listen: '127.0.0.1:\(port)'", daemon)
            expect(run, "ok     http: the daemon's user listens at 127.0.0.1:\(port)")
            #expect(run.status == 0, "\(run.output)")
        }

        @Test(.enabled(if: OtherUser.isPossible, "only root can be somebody else"))
        func `a stranger's port is found, with the stranger`() throws {
            let daemon = try stopped()
            #expect(chown(daemon.database, 1, 1) == 0)
            let stranger = try Listener()
            let run = try doctor("listen: '127.0.0.1:\(stranger.port)'", daemon)
            let said = "cannot be had: Address already in use; root listens there"
            expect(run, "WRONG  http: 127.0.0.1:\(stranger.port) \(said)")
            #expect(run.status == 1)
        }

        @Test func `a daemon that cannot have its address says so, whoever has it`() throws {
            let stranger = try Listener()
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            let listen = "listen: '127.0.0.1:\(stranger.port)'"
            _ = try doctor(listen, daemon)
            try daemon.start()
            try eventually("an attempt") { try daemon.log.contains("cannot listen at") }
            let run = try doctor(listen, daemon)
            expect(run, "WRONG  daemon: its HTTP bridge cannot be reached: cannot listen at")
            #expect(run.status == 1)
            withExtendedLifetime(stranger) {}
        }

        @Test func `an address that others reach is noted, and no fault where it is meant`() throws {
            let port = try Listener().port
            let daemon = try DaemonProcess()
            let run = try doctor("listen: '0.0.0.0:\(port)', allow_remote: true", daemon)
            expect(run, "NOTE   http: 0.0.0.0:\(port) can be reached from elsewhere, without TLS")
            #expect(run.status == 0, "\(run.output)")
        }

        @Test func `a Unix socket's folder is looked at, and what stands in its place`() throws {
            let daemon = try stopped()
            let path = daemon.folder.file("http")
            expect(try doctor("listen: 'unix:\(path)'", daemon), "ok     http: \(path)")
            try daemon.folder.write("", to: "http")
            expect(
                try doctor("listen: 'unix:\(path)'", daemon), "WRONG  http: \(path) exists, and is no socket")
            let none = daemon.folder.file("none/http")
            expect(try doctor("listen: 'unix:\(none)'", daemon), "none does not exist")
            let open = daemon.folder.file("open")
            #expect(mkdir(open, 0o700) == 0 && chmod(open, 0o777) == 0)
            expect(
                try doctor("listen: 'unix:\(open)/http'", daemon), "WRONG  http: everybody may put a socket")
        }

        @Test func `a state file that has no folder is found, where it is needed`() throws {
            let daemon = try stopped()
            let members = "listen: 'unix:\(daemon.folder.file("http"))', state_file: /nowhere/http.json"
            expect(try doctor(members, daemon), "WRONG  http state: the folder /nowhere does not exist")
            let run = try doctor(members + ", apis: [query]", daemon)
            #expect(!run.output.contains("http state"))
        }
    }
}
