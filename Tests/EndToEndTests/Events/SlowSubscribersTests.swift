import AgentProtocol
import Testing

@testable import RealServers

extension EndToEnd {
    /// Events that nobody reads: what they may take of the daemon, and of others.
    @Suite struct SlowSubscribersTests {
        private static let connections = Limits.unreadConnectionsMax + 44
        private static let changes = 400

        private let daemon: DaemonProcess

        init() throws {
            daemon = try DaemonProcess(unstarted: DaemonSettings())
            daemon.settings.limits = "connections: 400, connections_per_uid: 400, tokens_per_owner: 10000"
            daemon.settings.log = "level: warning"
            try daemon.start()
        }

        private func subscribed(_ count: Int) throws -> RawSocket {
            let socket = try daemon.connect()
            let line = try DaemonProcess.request("events.subscribe")
            for _ in 0..<count { #expect(try socket.ask(line).refusal == nil) }
            return socket
        }

        @Test func `subscribers who never read cost little, and beyond the limit go`() throws {
            let reader = try subscribed(1)
            let crowd = try (0..<Self.connections).map { _ in try subscribed(Limits.subscriptionsMax) }
            let memory = try daemon.facts.residentBytes
            for number in 0..<Self.changes { try daemon.create(.service("\(number)")) }
            let revisions = try (0..<Self.changes).map { _ in
                try reader.value()["params"]["revision"].integer ?? 0
            }
            #expect(Set(revisions).count == Self.changes && revisions == revisions.sorted())
            // All that the kernel has room for is written, and what it has none for was given up or waits.
            try eventually("those beyond the limit are closed") {
                try daemon.call("agent.status")["connections"].integer ?? 0 <= Limits.unreadConnectionsMax + 2
            }
            let more = try daemon.facts.residentBytes - memory
            print("slow subscribers: \(more >> 20) MiB more")
            #expect(Patience.isSanitized || more < 32 << 20, "\(more >> 20) MiB")
            withExtendedLifetime(crowd) {}
        }
    }
}
