import AgentProtocol
import Testing

@testable import RealServers

extension EndToEnd {
    /// More removals than happen in a day are held until somebody approves exactly them.
    @Suite struct GuardTests {
        private let slapd: Slapd
        private let daemon: DaemonProcess
        private let tokens: [MadeToken]
        private let leavers = (1...25).map { "p\($0)" }

        init() throws {
            slapd = try Slapd(Slapd.crowd(200))
            let daemon = try DaemonProcess(DaemonSettings(directories: [slapd.directory()]))
            self.daemon = daemon
            tokens = try (1...40).map { try daemon.create(.string("p\($0)")) }
        }

        private func verdicts() throws -> [String] { try tokens.map { try daemon.verdict($0) } }

        private func states() throws -> [String?] { try tokens.map { try daemon.state($0) } }

        @Test func `25 of 40 owners who vanish are held, shown and, once approved, exactly they are taken`()
            throws
        {
            try slapd.delete(logins: leavers)

            let report = try daemon.sync()

            let held = report["held"]
            #expect(report["complete"] == true)
            #expect(report["gone"] == 0)
            #expect(held["would_remove"] == 25)
            #expect(held["limit"] == 10)
            #expect(held["reason"] == "too_many_removals")
            #expect(Set(held["removals"].items.compactMap { $0["login"].text }) == Set(leavers))
            #expect(held["removals"].items.allSatisfy { $0["evidence"] == "deleted" })
            #expect(try verdicts().allSatisfy { $0 == "active" })
            let status = try daemon.call("directory.status")["sources"][0]
            #expect(status["state"] == "held")
            #expect(status["held"]["plan"] == held["plan"])
            #expect(try daemon.log.contains(held["plan"].text ?? "no plan"))
            let purge = try daemon.call("token.purge")
            #expect(purge["held"]["plan"] == held["plan"])
            #expect(purge["purged"].items.isEmpty)

            let approved = try daemon.sync(["approve": held["plan"]])

            #expect(approved["held"] == .null)
            #expect(approved["gone"] == 25)
            #expect(
                try states() == Array(repeating: "obsolete", count: 25)
                    + Array(repeating: "active", count: 15))
            #expect(try daemon.refusal("directory.sync", ["approve": held["plan"]]).known == .notFound)
            #expect(try daemon.call("token.purge")["purged"].items.count == 25)
            #expect(try verdicts().count { $0 == "active" } == 15)
        }

        @Test func `the command line ends with 4, says how to approve, and survives a restart`() throws {
            try slapd.delete(logins: leavers)
            let sync = try daemon.run("sync")
            #expect(sync.status == 4)
            let plan = try #require(try daemon.call("directory.status")["sources"][0]["held"]["plan"].text)
            #expect(sync.output.contains("p25"))
            #expect(sync.errors.contains("tokenagent sync --approve \(plan)"))
            try daemon.restart()
            let purge = try daemon.run("purge", "--quiet")
            #expect(purge.status == 4)
            #expect(purge.output == "")
            #expect(purge.errors.split(separator: "\n").count == 1)
            #expect(try daemon.run("sync", "--quiet").status == 4)
            #expect(try states().allSatisfy { $0 == "active" })
            let approved = try daemon.run("sync", "--approve", plan, "--quiet")
            #expect(approved.status == 0, "\(approved.errors)")
            #expect(approved.output + approved.errors == "")
            #expect(try daemon.run("sync", "--approve", plan).status == 1)
            #expect(try states().count { $0 == "obsolete" } == 25)
        }

        @Test func `an approval of a plan that has changed since is refused, with the new one`() throws {
            try slapd.delete(logins: leavers)
            let first = try daemon.sync()["held"]["plan"]
            try slapd.delete(Slapd.dn("p26"))

            let refusal = try daemon.refusal("directory.sync", ["approve": first])

            #expect(refusal.known == .held)
            let second = try #require(refusal.data?.plan)
            #expect(.string(second) != first)
            #expect(try verdicts().allSatisfy { $0 == "active" })
            #expect(try daemon.sync(["approve": .string(second)])["gone"] == 26)
            #expect(try verdicts().count { $0 == "active" } == 14)
        }

        @Test func `a plan that no longer is needed is dropped, and nobody was refused meanwhile`() throws {
            try slapd.move(logins: leavers, from: Slapd.people, to: "ou=former,\(Slapd.suffix)")
            let held = try daemon.sync()["held"]
            #expect(held["removals"].items.count == 25)
            #expect(held["removals"].items.allSatisfy { $0["evidence"] == "moved" })
            try slapd.move(logins: leavers, from: "ou=former,\(Slapd.suffix)", to: Slapd.people)
            let report = try daemon.sync()
            #expect(report["held"] == .null)
            #expect(report["gone"] == 0)
            #expect(try verdicts().allSatisfy { $0 == "active" })
            #expect(try daemon.call("token.purge")["held"] == .null)
        }

        @Test func `a reading under another filter is held, even when it would remove only one`() throws {
            try slapd.delete(Slapd.dn("p1"))
            daemon.settings.directories = [
                slapd.directory("corp", "filter: (&(objectClass=inetOrgPerson)(uid=*))")
            ]
            try daemon.restart()
            let report = try daemon.sync()
            #expect(report["held"]["reason"] == "configuration_changed")
            #expect(report["held"]["changed_keys"] == ["filter"])
            let known = try daemon.call("directory.status")["sources"][0]["held"]
            #expect(known["changed_keys"] == ["filter"])
            #expect(try daemon.log.split(separator: "\n").contains { $0.contains("changed=filter") })
            #expect(try daemon.verdict(tokens[0]) == "active")
            #expect(try daemon.sync(["approve": report["held"]["plan"]])["gone"] == 1)
            #expect(try daemon.verdict(tokens[0]) == "obsolete")
            #expect(try daemon.sync()["held"] == .null)
        }

        @Test func `a fall in the number of people is held, though hardly any of them has a token`() throws {
            try slapd.delete(logins: (150...195).map { "p\($0)" } + ["p1"])
            let report = try daemon.sync()
            #expect(report["held"]["reason"] == "people_dropped")
            #expect(report["held"]["would_remove"] == 1)
            #expect(try daemon.verdict(tokens[0]) == "active")
        }
    }
}
