import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// What of a changed configuration a running daemon does not go by yet, and its HTTP bridge.
    @Suite struct AwaitingRestartTests {
        private let daemon: DaemonProcess

        init() throws { daemon = try DaemonProcess() }

        private func waiting() throws -> JSONValue { try daemon.call("agent.status")["awaiting_restart"] }

        private func doctor() throws -> CommandRun {
            try CommandRun(["doctor", "--config", daemon.configuration])
        }

        @Test func `keys that need a restart are told until there was one`() throws {
            #expect(try waiting() == [])
            #expect(try !daemon.run("status").output.contains("a restart takes"))
            daemon.settings.limits = "connections: 500, tokens_per_owner: 7"
            daemon.settings.more = "http: {listen: 'unix:\(daemon.folder.file("http"))'}"
            try daemon.reload()
            #expect(try waiting() == ["http", "limits.connections"])
            #expect(
                try daemon.run("status").output.contains("changed; a restart takes: http, limits.connections")
            )
            let run = try doctor()
            #expect(run.status == 1)
            let said = "WRONG  configuration: it was changed, and the daemon does not go by it yet: "
            #expect(run.output.contains(said + "http, limits.connections\n"), "\(run.output)")
            #expect(run.output.contains("→ systemctl restart tokenagent"))
            try daemon.restart()
            #expect(try waiting() == [])
            #expect(try doctor().status == 0)
        }

        @Test func `what is put back waits no more, and a mistake changes nothing of what waits`() throws {
            daemon.settings.limits = "in_flight: 17"
            try daemon.reload()
            #expect(try waiting() == ["limits.in_flight"])
            daemon.settings.limits = "in_flight: 17, nonsense: 1"
            try daemon.reload()
            #expect(try waiting() == ["limits.in_flight"])
            daemon.settings.limits = ""
            try daemon.reload()
            #expect(try waiting() == [])
            #expect(try doctor().status == 0)
        }

        @Test func `the bridge's address is told, and whether it listens there`() throws {
            #expect(try daemon.call("agent.status")["http"] == .null)
            #expect(try !daemon.run("status").output.contains("http"))
            let path = daemon.folder.file("http")
            let listen = "unix:" + path
            daemon.settings.more = "http: {listen: '\(listen)'}"
            try daemon.restart()
            try eventually("the bridge") {
                try daemon.call("agent.status")["http"]["listening"] == true ? true : nil
            }
            #expect(
                try daemon.call("agent.status")["http"] == ["listen": .string(listen), "listening": true])
            #expect(try daemon.run("status").output.contains(listen))
            try daemon.terminate()
            try daemon.folder.write("", to: "http")
            try daemon.start()
            try eventually("an attempt") { try daemon.call("agent.status")["http"]["error"].text }
            let http = try daemon.call("agent.status")["http"]
            #expect(http["listening"] == false)
            #expect(http["error"].text?.contains("cannot listen at \(listen)") == true)
            #expect(try daemon.run("status").output.contains("cannot listen at \(listen)"))
        }
    }
}
