import AgentProtocol
import Testing

@testable import RealServers

extension EndToEnd {
    /// A directory that cannot be read whole takes nothing away.
    @Suite struct UnreadableTests {
        private let slapd: Slapd
        private let daemon: DaemonProcess
        private let tokens: [MadeToken]

        init() throws {
            slapd = try Slapd(Slapd.crowd(1200))
            let daemon = try DaemonProcess(DaemonSettings(directories: [slapd.directory()]))
            self.daemon = daemon
            tokens = try [1, 700, 1200].map { try daemon.create(.string("p\($0)")) }
        }

        /// Nothing is taken, it is said so everywhere, and it passes.
        private func expectNothingTaken(
            _ word: String = "", sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let refusal = try daemon.refusal("directory.sync")
            #expect(refusal.known == .directoryUnavailable, sourceLocation: sourceLocation)
            #expect(
                refusal.data?.detail?.contains(word) == true, "\(refusal)", sourceLocation: sourceLocation)
            let command = try daemon.run("sync", "--quiet")
            #expect(command.status == 3, sourceLocation: sourceLocation)
            #expect(
                command.errors.split(separator: "\n").count == 1, "\(command.errors)",
                sourceLocation: sourceLocation)
            #expect(command.output == "", sourceLocation: sourceLocation)
            for token in tokens {
                #expect(try daemon.verdict(token) == "active", sourceLocation: sourceLocation)
            }
            let status = try daemon.call("directory.status")["sources"][0]
            #expect(status["state"] == "failing", sourceLocation: sourceLocation)
            #expect(status["error"].text != nil, sourceLocation: sourceLocation)
            #expect(status["people"] == 1200, sourceLocation: sourceLocation)
            #expect(try daemon.call("token.purge")["purged"].items.isEmpty, sourceLocation: sourceLocation)
        }

        private func expectRecovery(sourceLocation: SourceLocation = #_sourceLocation) throws {
            let report = try daemon.sync()
            #expect(report["complete"] == true, sourceLocation: sourceLocation)
            #expect(report["people"] == 1200, sourceLocation: sourceLocation)
            #expect(
                try daemon.call("directory.status")["sources"][0]["error"] == .null,
                sourceLocation: sourceLocation)
        }

        @Test func `the server's size limit cuts the reading at 500 of 1,200`() throws {
            try slapd.restart(database: ["sizelimit 500"])
            try expectNothingTaken()
            try slapd.restart(database: [])
            try expectRecovery()
        }

        @Test func `rights were withdrawn, and the search succeeds with nothing`() throws {
            try slapd.restart(database: [
                "access to attrs=userPassword by anonymous auth by * none",
                "access to dn.children=\"\(Slapd.people)\" by * none", "access to * by * read",
            ])
            try expectNothingTaken()
            try slapd.restart(database: [])
            try expectRecovery()
        }

        @Test func `the filter is wrong, and the search succeeds with nothing`() throws {
            let right = daemon.settings
            daemon.settings.directories = [slapd.directory("corp", "filter: (objectClass=posixAccount)")]
            try daemon.restart()
            try expectNothingTaken("succeeded with nobody")
            daemon.settings = right
            try daemon.restart()
            try expectRecovery()
        }

        @Test func `the canary is not there, though everybody else is`() throws {
            daemon.settings.directories = [slapd.directory("corp", "canary: p9")]
            try daemon.restart()
            try expectRecovery()
            try slapd.rename(Slapd.dn("p9"), to: "uid=other")
            try expectNothingTaken("the canary “p9” is not in it")
            let checks = try daemon.call("directory.test")["checks"].items.filter { $0["ok"] == false }
            #expect(checks.map { $0["check"] } == ["canary"])
            #expect(checks.first?["advice"].text?.contains("set canary to a login") == true)
            try slapd.rename("uid=other,\(Slapd.people)", to: "uid=p9")
            try expectRecovery()
        }

        @Test func `the base was renamed`() throws {
            try slapd.rename(Slapd.people, to: "ou=staff")
            try expectNothingTaken()
            try slapd.rename("ou=staff,\(Slapd.suffix)", to: "ou=people")
            try expectRecovery()
        }

        @Test func `the base was moved below another`() throws {
            try slapd.rename(Slapd.people, to: "ou=people", under: "ou=former,\(Slapd.suffix)")
            try expectNothingTaken()
            try slapd.rename("ou=people,ou=former,\(Slapd.suffix)", to: "ou=people", under: Slapd.suffix)
            try expectRecovery()
        }

        @Test func `the server is down`() throws {
            slapd.stop()
            try expectNothingTaken()
            #expect(try daemon.refusal("token.create", ["owner": "newcomer"]).known == .directoryUnavailable)
            #expect(
                try daemon.create("p2").metadata["state"] == "active", "somebody known needs no directory")
            try slapd.start()
            try expectRecovery()
        }

        @Test func `the reader's password was changed`() throws {
            try slapd.modify(
                "dn: \(Slapd.readerDN)\nchangetype: modify\nreplace: userPassword\nuserPassword: another\n")
            try expectNothingTaken()
            #expect(try !daemon.log.contains(Slapd.readerPassword))
        }

        @Test func `verifying does not wait for a server that hangs`() throws {
            slapd.pause()
            let caller = try daemon.connect()
            try caller.send(line: DaemonProcess.request("directory.sync"))
            try eventually("the reading has begun") {
                try daemon.call("directory.status")["sources"][0]["reading"] != .null
            }
            // The server answers only after all of these are.
            for _ in 1...100 { #expect(try daemon.verdict(tokens[0]) == "active") }
            slapd.resume()
            #expect(try caller.value()["result"]["reports"][0]["complete"] == true)
        }

        @Test func `the daemon starts without its directory, and knows whom it knew`() throws {
            slapd.stop()
            try daemon.restart()
            for token in tokens { #expect(try daemon.verdict(token) == "active") }
            try expectNothingTaken()
        }
    }
}
