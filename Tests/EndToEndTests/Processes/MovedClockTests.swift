import AgentProtocol
import Foundation
import Testing

extension EndToEnd {
    /// A clock that is put back or leaps ahead under the running daemon, and what callers see of it.
    @Suite(.enabled(if: MovedClock.isPossible, "the clock is moved by a library that gcc makes"))
    struct MovedClockTests {
        private static let day = 86400

        private let clock: MovedClock
        private let daemon: DaemonProcess

        init() throws {
            clock = try MovedClock()
            daemon = try DaemonProcess(unstarted: DaemonSettings())
            daemon.environment = clock.environment
            try daemon.start()
        }

        private func state() throws -> String? {
            try daemon.call("agent.status")["clock"]["state"].text
        }

        @Test func `what has expired stays so when the clock is put back, and over a restart`() throws {
            let short = try daemon.create(.service("short"), ["expires_in": 3600])
            let long = try daemon.create(.service("long"))
            #expect(try daemon.verdict(short) == "active")
            try clock.move(to: 3700)
            #expect(try daemon.verdict(short) == "expired")
            // What is on record is the time of the latest change.
            try daemon.create(.service("change"))
            for offset in [3500, 0, -400 * Self.day] {
                try clock.move(to: offset)
                #expect(try daemon.verdict(short) == "expired", "\(offset) s")
                try daemon.restart()
                #expect(try daemon.verdict(short) == "expired", "\(offset) s, after a restart")
                #expect(try state() == "behind")
            }
            #expect(try daemon.verdict(long) == "active")
            let made = try daemon.create(.service("made with the clock put back"), ["expires_in": 60])
            #expect(try daemon.verdict(made) == "active")
        }

        @Test func `an account that has expired stays so when the clock is put back`() throws {
            let people = try PeopleFile(["alice"], crowd: 8)
            let tomorrow = Int(Date().timeIntervalSince1970) / Self.day + 1
            let expiring = "uid: alice\nshadowExpire: \(tomorrow)"
            try people.write(people.text.replacing("uid: alice", with: expiring))
            let settings = DaemonSettings(directories: [people.directory()])
            let daemon = try DaemonProcess(unstarted: settings)
            daemon.environment = clock.environment
            try daemon.start()
            try daemon.call("directory.sync")
            let token = try daemon.create("alice")
            #expect(try daemon.verdict(token) == "active")
            try clock.move(to: Self.day)
            try daemon.call("directory.sync")
            #expect(try daemon.verdict(token) == "suspended")
            try clock.move(to: 0)
            try daemon.call("directory.sync")
            #expect(try daemon.verdict(token) == "suspended")
        }

        @Test func `a grace that is over stays over when the clock is put back`() throws {
            let former = try daemon.create(.service("s"))
            try daemon.call("token.rotate", ["id": .string(former.id), "grace_s": 600])
            #expect(try daemon.verdict(former) == "active")
            try clock.move(to: 700)
            #expect(try daemon.verdict(former) == "unknown")
            try clock.move(to: 0)
            #expect(try daemon.verdict(former) == "unknown")
        }

        @Test func `a leap ahead refuses what would have expired, is told, and does no harm once mended`()
            throws
        {
            let short = try daemon.create(.service("short"), ["expires_in": .integer(Int64(30 * Self.day))])
            let revoked = try daemon.create(.service("revoked"))
            try daemon.call("token.revoke", ["id": .string(revoked.id)])
            try clock.move(to: 400 * Self.day)
            #expect(try daemon.verdict(short) == "expired")
            #expect(try state() == "ahead")
            // A change while it is ahead, and a start, do not make it the time.
            try daemon.create(.service("meanwhile"))
            try daemon.restart()
            #expect(try state() == "ahead")
            #expect(try daemon.call("token.purge")["purged"].items.isEmpty)
            #expect(try daemon.log.contains("clock"))
            try clock.move(to: 0)
            #expect(try daemon.verdict(short) == "active")
            #expect(try daemon.verdict(revoked) == "revoked")
            #expect(try state() == "trusted")
        }
    }
}
