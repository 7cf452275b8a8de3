import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// What one connection, one uid and all together may take of the daemon.
    @Suite struct ConnectionLimitsTests {
        private let daemon: DaemonProcess

        init() throws { daemon = try DaemonProcess() }

        private func status(_ id: Int64 = 1) throws -> String {
            try DaemonProcess.request("agent.whoami", id: id)
        }

        @Test func `callers beyond the limit for all wait, and are served when one goes`() throws {
            daemon.settings.limits = "connections: 3, connections_per_uid: 3"
            try daemon.restart()
            var open: [RawSocket] = []
            for _ in 1...3 {
                open.append(try daemon.connect())
                _ = try open.last?.ask(status())
            }
            let waiting = try daemon.connect()
            try waiting.send(line: status(7))
            #expect(throws: FixtureFailure.self) { try waiting.value(within: .milliseconds(300)) }
            for socket in open { #expect(try socket.ask(status())["id"] == 1) }
            open.removeLast()
            #expect(try waiting.value()["id"] == 7)
        }

        @Test func `who begins a line and does not end it is closed after ten seconds, and not before`()
            throws
        {
            let idle = try daemon.connect()
            try expectEnd(after: Limits.partialLineTimeoutSeconds) {
                let slow = try daemon.connect()
                let begun = ContinuousClock.now
                try slow.send(#"{"jsonrpc""#)
                #expect(try slow.lineOrEnd() == nil)
                return begun.duration(to: .now)
            }
            #expect(try idle.ask(status())["id"] == 1, "who says nothing may stay")
        }

        @Test func `who drips a line is closed after ten seconds, however many bytes come`() throws {
            try expectEnd(after: Limits.partialLineTimeoutSeconds) {
                let slow = try daemon.connect()
                let begun = ContinuousClock.now
                try slow.send("{")
                #expect(throws: FixtureFailure.self) {
                    while begun.duration(to: .now) < .seconds(30) {
                        try slow.send(" ")
                        usleep(100_000)
                    }
                }
                return begun.duration(to: .now)
            }
        }

        /// It never ends sooner, and not much later.
        private func expectEnd(after seconds: Int, _ end: () throws -> Duration) throws {
            let took = try best(under: .seconds(20)) { _ in try end() }
            #expect(took >= .seconds(seconds) && took < .seconds(20), "\(took)")
        }

        @Test func `who does not read is closed after ten seconds, and takes little memory until then`()
            throws
        {
            let before = try daemon.facts.residentBytes
            // Two bytes each, and each answered with more than a hundred.
            let lines = [UInt8](repeating: 0x31, count: 2_000_000).enumerated().map {
                $0 % 2 == 0 ? $1 : 0x0A
            }
            try expectEnd(after: Limits.unreadAnswerTimeoutSeconds) {
                let socket = try daemon.connect()
                let begun = ContinuousClock.now
                #expect(throws: FixtureFailure.self) { while true { try socket.send(lines) } }
                return begun.duration(to: .now)
            }
            #expect(try Patience.isSanitized || daemon.facts.residentBytes - before < 8 << 20)
            #expect(try daemon.connect().ask(status())["id"] == 1)
        }

        @Test func `large answers are given one after the other, as they are read`() throws {
            let before = try daemon.facts.residentBytes
            let socket = try daemon.connect()
            let count = 200
            let lines = try (0..<count).map {
                try DaemonProcess.request("rpc.discover", id: Int64($0)) + "\n"
            }
            try socket.send(lines.joined())
            // The answers of all would be several MiB; nobody reads yet.
            usleep(500_000)
            #expect(try Patience.isSanitized || daemon.facts.residentBytes - before < 8 << 20)
            let ids = try (0..<count).map { _ in try socket.value()["id"].integer }
            #expect(Set(ids) == Set(0..<count))
        }

        @Test func `a request that takes no time does not wait for large answers`() throws {
            let socket = try daemon.connect()
            let lines = try (0..<100).map { try DaemonProcess.request("rpc.discover", id: Int64($0)) + "\n" }
            try socket.send(lines.joined() + (try DaemonProcess.request("agent.whoami", id: 1000)) + "\n")
            var before = 0
            while try socket.value()["id"] != 1000 { before += 1 }
            #expect(before < 100)
        }
    }
}
