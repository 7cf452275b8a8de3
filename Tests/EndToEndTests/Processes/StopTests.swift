import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// The daemon takes its own socket with it, and nobody else's.
    @Suite struct StopTests {
        private let daemon: DaemonProcess

        init() throws { daemon = try DaemonProcess() }

        @Test func `a socket that was put in the place of its own stays`() throws {
            let own = try FileFacts(daemon.socket).inode
            let other = try UnixEndpoint(listeningAt: daemon.folder.file("s2"))
            #expect(rename(daemon.folder.file("s2"), daemon.socket) == 0)
            let inode = try FileFacts(daemon.socket).inode
            #expect(inode != own)
            #expect(try daemon.terminate() == 0)
            #expect(try FileFacts(daemon.socket).inode == inode)
            _ = try daemon.connect()
            withExtendedLifetime(other) {}
        }

        @Test func `who comes while it stops is told at once that nobody listens`() throws {
            let slow = try daemon.connect()
            // Large answers, which are not read: they keep the daemon for some seconds.
            let line = try DaemonProcess.request("rpc.discover") + "\n"
            let count = 40
            try slow.send(String(repeating: line, count: count))
            _ = try slow.line()
            daemon.child?.signal(SIGTERM)
            try eventually("nobody is let in") {
                do { _ = try daemon.connect() } catch is FixtureFailure { return true }
                return false
            }
            #expect(!daemon.folder.has("s"))
            for _ in 1..<count {
                #expect(
                    try slow.line().hasPrefix(#"{"jsonrpc":"2.0","id":1,"result""#), "who is in is answered")
            }
            #expect(try slow.lineOrEnd() == nil)
            #expect(try daemon.wait() == 0)
        }

        @Test func `a daemon that took its place over is still reached`() throws {
            // Somebody tidied up: nothing keeps the second from starting.
            #expect(unlink(daemon.socket + ".lock") == 0)
            let own = try FileFacts(daemon.socket).inode
            let second = try DaemonProcess(unstarted: DaemonSettings())
            second.socketPath = daemon.socket
            try second.launch()
            try eventually("the second's socket") { try FileFacts(daemon.socket).inode != own }
            let token = try second.create(.service("second"))
            #expect(try daemon.terminate() == 0)
            #expect(try second.verdict(token) == "active")
            #expect(try second.terminate() == 0)
            #expect(!daemon.folder.has("s"))
        }
    }
}
