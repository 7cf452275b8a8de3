import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// Departures that the directory tells of, between two full readings.
    @Suite struct WatchTests {
        private let slapd: Slapd

        init() throws {
            slapd = try Slapd(
                ["alice", "bob"].map { Slapd.person($0, classes: ["shadowAccount"]) }.joined()
                    + Slapd.crowd(60))
        }

        /// A daemon whose watch has begun: it has stored the cookie that it watches from.
        private func watching() throws -> DaemonProcess {
            let daemon = try DaemonProcess(DaemonSettings(directories: [slapd.watchedDirectory()]))
            // A newcomer whom nobody asked for has been told of by the watch.
            try slapd.add(Slapd.person("probe"))
            try eventually("the watch tells of a newcomer") {
                try daemon.call("user.list", ["limit": 100])["users"].items.contains {
                    $0["login"] == "probe"
                }
            }
            return daemon
        }

        @Test func `a departure is refused by itself, moments later, and a colleague is not`() throws {
            let daemon = try watching()
            let gone = try daemon.create("alice")
            let stays = try daemon.create("bob")
            try slapd.delete(Slapd.dn("alice"))
            try eventually("the departure is told") { try daemon.verdict(gone) != "active" }
            #expect(try daemon.verdict(stays) == "active")
            let story = try daemon.call("token.explain", ["id": .string(gone.id)])["events"].items
            let line = story.first { $0["event"] == "user.gone" }
            #expect(line?["by"].text?.hasPrefix("changes of corp from ldapi") == true)
        }

        @Test func `somebody disabled is suspended and enabled again, each by itself`() throws {
            let daemon = try watching()
            let token = try daemon.create("alice")
            try slapd.replace("shadowExpire", "1", of: "alice")
            try eventually("the disabling is told") { try daemon.verdict(token) == "suspended" }
            try slapd.replace("shadowExpire", nil, of: "alice")
            try eventually("the enabling is told") { try daemon.verdict(token) == "active" }
        }

        @Test func `departures one by one add up to a held plan`() throws {
            let daemon = try watching()
            let tokens = try (1...12).map { try daemon.create(.string("p\($0)")) }
            for number in 1...11 {
                try slapd.delete(Slapd.dn("p\(number)"))
                // One by one: those that are told together are held together.
                if number == 11 { break }
                try eventually("departure \(number) is told") {
                    try daemon.state(tokens[number - 1]) != "active"
                }
            }
            let held = try eventually("the guard holds") {
                let held = try daemon.call("directory.status")["sources"][0]["held"]
                return held == .null ? nil : held
            }
            #expect(held["reason"] == "too_many_removals")
            #expect(held["removed_lately"] == 10 && held["would_remove"] == 1)
            let status = try daemon.run("directory", "status").output
            #expect(status.contains("10 owners lost their tokens in the hour before"), "\(status)")
            let log = try daemon.log
            #expect(log.contains("the guard holds changes") && log.contains(held["plan"].text ?? "none"))
            #expect(log.contains("changes of the directory are applied"))
            let active = try tokens.filter { try daemon.state($0) == "active" }
            #expect(active.count == 2, "ten may go unasked; the eleventh and who is there stay")
        }

        @Test func `it goes on when the server comes back`() throws {
            let daemon = try watching()
            let token = try daemon.create("alice")
            slapd.stop()
            #expect(try daemon.verdict(token) == "active")
            try slapd.start()
            try slapd.delete(Slapd.dn("alice"))
            try eventually("the departure is told after all") {
                try daemon.verdict(token) != "active"
            }
        }

        @Test func `changes can be asked for, and say how they were told`() throws {
            let daemon = try DaemonProcess(DaemonSettings(directories: [slapd.directory()]))
            let token = try daemon.create("alice")
            _ = try daemon.sync()
            try slapd.delete(Slapd.dn("alice"))
            let report = try daemon.sync(["mode": "changes"])
            #expect(report["method"] == "content sync")
            #expect(report["complete"] == true)
            #expect(report["gone"] == 1)
            #expect(try daemon.verdict(token) == "obsolete")
            #expect(try daemon.sync(["mode": "changes"])["changed"] == 0)
        }

        @Test func `a server that keeps no log of deletions is read in full once, however busy it is`() throws
        {
            var options = Slapd.Options()
            options.sessionLog = false
            let slapd = try Slapd(
                Slapd.person("alice") + Slapd.person("busy", classes: ["shadowAccount"]) + Slapd.crowd(60),
                options: options)
            let daemon = try DaemonProcess(DaemonSettings(directories: [slapd.watchedDirectory()]))
            let token = try daemon.create("alice")
            let begun = ContinuousClock.now
            var number = 0
            while ContinuousClock.now - begun < .seconds(10) {
                number += 1
                try slapd.replace("shadowMax", "\(number)", of: "busy")
            }
            let readings = try daemon.log.split(separator: "\n").count { $0.contains("read the directory") }
            // The first, and one for what happened before the watch began.
            #expect(readings <= 3)
            try slapd.delete(Slapd.dn("alice"))
            try eventually("the departure is told") { try daemon.verdict(token) != "active" }
        }

        @Test func `a password that is replaced does not end the watch for an hour`() throws {
            let daemon = try watching()
            let token = try daemon.create("alice")
            let password = slapd.directory + "/reader.password"
            #expect(rename(password, password + ".away") == 0)
            slapd.stop()
            try slapd.start()
            try eventually("the watch finds no password") {
                try daemon.log.contains("bind_password_file")
            }
            #expect(rename(password + ".away", password) == 0)
            try slapd.delete(Slapd.dn("alice"))
            try eventually("the departure is told") { try daemon.verdict(token) != "active" }
        }
    }
}
