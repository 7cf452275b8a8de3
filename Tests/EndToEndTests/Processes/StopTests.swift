import AgentProtocol
import Glibc
import Testing

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
