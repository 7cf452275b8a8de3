import AgentProtocol
import Glibc
import Testing

extension EndToEnd {
    /// The service manager hears from a daemon that verifies and writes, and from no other.
    @Suite struct WatchdogTests {
        private let daemon: DaemonProcess
        private let manager: UnixEndpoint

        init() throws {
            daemon = try DaemonProcess(unstarted: DaemonSettings())
            manager = try UnixEndpoint(receivingAt: daemon.folder.file("n"))
            daemon.environment["NOTIFY_SOCKET"] = daemon.folder.file("n")
            daemon.environment["WATCHDOG_USEC"] = "400000"
            try daemon.start()
        }

        private func awaitPing() throws {
            try eventually("a ping") { try manager.message().contains("WATCHDOG=1") }
        }

        @Test func `it is told again and again`() throws {
            for _ in 1...5 { try awaitPing() }
        }

        @Test func `it is told no more while nothing can be written, and again when it can`() throws {
            try awaitPing()
            // As another program that does not let go, or a disk that hangs.
            let other = try SQLiteFile(daemon.database)
            try eventually("the lock") {
                do { try other.execute("BEGIN IMMEDIATE") } catch is FixtureFailure { return false }
                return true
            }
            // What was being told when the lock came may come late.
            try eventually("it falls silent") {
                manager.forgetMessages()
                do { _ = try manager.message(within: .seconds(2)) } catch is FixtureFailure { return true }
                return false
            }
            #expect(try daemon.call("agent.whoami")["uid"].integer != nil)
            try other.execute("ROLLBACK")
            try awaitPing()
        }
    }
}
