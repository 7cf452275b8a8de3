import AgentProtocol
import Foundation
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// Where the bridge listens, and who else may be there.
    @Suite struct BridgeTests {
        private static func settings(_ listen: String) -> DaemonSettings {
            var settings = DaemonSettings()
            settings.more = "http: {listen: \"\(listen)\"}"
            return settings
        }

        @Test func `a stranger at its port keeps nobody's token from being verified, and it gets there yet`()
            throws
        {
            var stranger: Listener? = try Listener()
            let port = try #require(stranger?.port)
            let daemon = try DaemonProcess(unstarted: Self.settings("127.0.0.1:\(port)"))
            let manager = try UnixEndpoint(receivingAt: daemon.folder.file("n"))
            daemon.environment["NOTIFY_SOCKET"] = daemon.folder.file("n")
            try daemon.start()
            let token = try daemon.create(.service("s"))
            try eventually("two attempts") {
                try daemon.log.split(separator: "\n").count { line in
                    line.contains(" error ") && line.contains("Address already in use")
                        && line.contains("cannot listen at 127.0.0.1:\(port)")
                } >= 2
            }
            #expect(try daemon.verdict(token) == "active")
            #expect(try daemon.run("status", "--metrics").output.contains("tokenagent_http_listening 0\n"))
            try eventually("the service manager hears of it") {
                try manager.message().contains("STATUS=serving, but not over HTTP: it cannot listen")
            }
            withExtendedLifetime(stranger) {}
            stranger = nil
            try eventually("the bridge") { BridgeProbe.isWell(port: port) }
            #expect(try daemon.run("status", "--metrics").output.contains("tokenagent_http_listening 1\n"))
            #expect(try daemon.verdict(token) == "active")
            #expect(try daemon.terminate() == 0)
            #expect(!daemon.folder.has("s"))
        }

        @Test func `a daemon that waits for its port stops when it is told to`() throws {
            let stranger = try Listener()
            let daemon = try DaemonProcess(Self.settings("127.0.0.1:\(stranger.port)"))
            try eventually("an attempt") { try daemon.log.contains("cannot listen at") }
            #expect(try daemon.terminate() == 0)
            #expect(try daemon.log.contains("stopped"))
            #expect(!daemon.folder.has("s"))
        }

        @Test func `apart it ends where somebody else listens, and may be started again`() throws {
            let (daemon, stranger) = (try DaemonProcess(), try Listener())
            let bridge = try ApartBridge(of: daemon, listen: "127.0.0.1:\(stranger.port)")
            #expect(try bridge.child.wait() == 75)
            let said = "cannot listen at 127.0.0.1:\(stranger.port): Address already in use\n"
            #expect(try bridge.log.hasSuffix(said))
            withExtendedLifetime(stranger) {}
        }

        @Test func `a second one leaves the first its Unix socket, a dead one's is not in the way`() throws {
            let daemon = try DaemonProcess()
            let path = daemon.folder.file("http")
            let first = try ApartBridge(of: daemon, listen: "unix:\(path)")
            try first.awaitListening()
            let second = try ApartBridge(of: daemon, listen: "unix:\(path)")
            #expect(try second.child.wait() == 75)
            #expect(try second.log.contains("cannot listen at unix:\(path): another bridge listens there"))
            #expect(BridgeProbe.isWell(path: path))
            first.child.signal(SIGKILL)
            #expect(try first.child.wait() == -SIGKILL)
            #expect(daemon.folder.has("http"))
            let third = try ApartBridge(of: daemon, listen: "unix:\(path)")
            try third.awaitListening()
            #expect(BridgeProbe.isWell(path: path))
        }

        @Test func `a Unix socket that was removed, or has another in its place, is told of`() throws {
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            let (path, away) = (daemon.folder.file("http"), daemon.folder.file("away"))
            daemon.settings.more = "http: {listen: \"unix:\(path)\"}"
            try daemon.configure()
            try daemon.start()
            try eventually("the bridge") { BridgeProbe.isWell(path: path) }
            func expect(_ isListening: Bool, sourceLocation: SourceLocation = #_sourceLocation) throws {
                let http = try daemon.call("agent.status")["http"]
                #expect(http["listening"] == .boolean(isListening), sourceLocation: sourceLocation)
                #expect((http["error"].text == nil) == isListening, sourceLocation: sourceLocation)
                let metrics = try daemon.run("status", "--metrics").output
                #expect(
                    metrics.contains("tokenagent_http_listening \(isListening ? 1 : 0)\n"),
                    sourceLocation: sourceLocation)
                let doctor = try CommandRun(["doctor", "--config", daemon.configuration])
                #expect(
                    doctor.output.contains("WRONG  daemon: its HTTP bridge cannot be reached: nobody")
                        != isListening, "\(doctor.output)", sourceLocation: sourceLocation)
            }
            try expect(true)
            #expect(rename(path, away) == 0)
            try expect(false)
            let other = try UnixEndpoint(receivingAt: path)
            try expect(false)
            withExtendedLifetime(other) {}
            #expect(rename(away, path) == 0)
            try expect(true)
            #expect(BridgeProbe.isWell(path: path))
        }

        @Test func `a stop amid the head of a request is a stop`() throws {
            let daemon = try DaemonProcess(unstarted: DaemonSettings())
            let path = daemon.folder.file("http")
            daemon.settings.more = "http: {listen: \"unix:\(path)\"}"
            try daemon.configure()
            try daemon.start()
            try eventually("the bridge") { BridgeProbe.isWell(path: path) }
            let client = try RawSocket(path: path)
            // In one piece: with the first answer, the bridge has read what there is of the second request.
            try client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /heal")
            #expect(try client.line().hasPrefix("HTTP/1.1 200"))
            #expect(try daemon.terminate() == 0)
            #expect(try daemon.log.contains("stopped"))
            withExtendedLifetime(client) {}
        }

        @Test func `a file that is no socket is left alone`() throws {
            let daemon = try DaemonProcess()
            let path = try daemon.folder.write("precious", to: "file")
            let bridge = try ApartBridge(of: daemon, listen: "unix:\(path)")
            #expect(try bridge.child.wait() == 75)
            #expect(try bridge.log.contains("no socket"))
            #expect(try daemon.folder.text(of: "file") == "precious")
        }

        @Test func `the agent's own socket is refused, by whatever name, and stays`() throws {
            let daemon = try DaemonProcess()
            let token = try daemon.create(.service("s"))
            #expect(symlink(daemon.folder.path, daemon.folder.file("link")) == 0)
            for name in ["s", "./s", "link/s", "s.lock"] {
                let listen = "unix:\(daemon.folder.file(name))"
                let bridge = try ApartBridge(of: daemon, listen: listen)
                #expect(try bridge.child.wait() == 78, "\(name)")
                #expect(try bridge.log.contains("the agent's own socket"))
                let yaml = Self.settings(listen).yaml(socket: daemon.socket, database: daemon.database)
                let file = try daemon.folder.write(yaml, to: "c2.yaml")
                for command in ["serve", "doctor"] {
                    let run = try CommandRun([command, "--config", file])
                    #expect(run.status == 78 && run.errors.contains("http.listen"), "\(run.errors)")
                }
            }
            #expect(try daemon.verdict(token) == "active")
        }

        @Test func `an address that others reach is refused before anything is there`() throws {
            let daemon = try DaemonProcess(unstarted: Self.settings("0.0.0.0:8070"))
            try daemon.launch()
            #expect(try daemon.wait() == 78)
            #expect(try daemon.log.contains("http.listen: 0.0.0.0 can be reached from elsewhere"))
            #expect(!daemon.folder.has("s"))
        }

        @Test func `SIGHUP does not end it, and it says that a restart is needed`() throws {
            let daemon = try DaemonProcess()
            let path = daemon.folder.file("http")
            let bridge = try ApartBridge(of: daemon, listen: "unix:\(path)")
            try bridge.awaitListening()
            bridge.child.signal(SIGHUP)
            try eventually("its word") {
                try #require(bridge.child.isRunning)
                return try bridge.log.contains("needs a restart")
            }
            #expect(BridgeProbe.isWell(path: path))
            #expect(bridge.child.end() == 0)
            #expect(!daemon.folder.has("http"))
        }
    }
}
