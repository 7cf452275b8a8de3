import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// Directories of other kinds, and several of them.
    @Suite struct SeveralSourcesTests {
        @Test func `people taken out of an LDIF file lose their tokens, and a file that is gone takes none`()
            throws
        {
            let file = try PeopleFile(["alice", "bob", "carol"], crowd: 10)
            let daemon = try DaemonProcess(DaemonSettings(directories: [file.directory()]))
            let alice = try daemon.create("alice")
            let bob = try daemon.create("bob@example.org")
            file.people.removeAll { $0.login == "alice" }
            try file.write()
            #expect(try daemon.sync()["gone"] == 1)
            #expect(try daemon.verdict(alice) == "obsolete")
            #expect(try daemon.verdict(bob) == "active")

            file.removeFile()
            #expect(try daemon.refusal("directory.sync").known == .directoryUnavailable)
            try file.write("")
            #expect(try daemon.refusal("directory.sync").known == .directoryUnavailable)
            try file.write("dn: uid=carol,ou=people,dc=example,dc=org\nobjectClass inetOrgPerson\n")
            #expect(try daemon.refusal("directory.sync").known == .directoryUnavailable)
            #expect(try daemon.verdict(bob) == "active")
            #expect(try daemon.state(bob) == "active")
        }

        @Test
        func `one source that cannot be read leaves its own people alone and the others' reading whole`()
            throws
        {
            let slapd = try Slapd(Slapd.person("alice") + Slapd.person("bob"))
            let file = try PeopleFile(["carol", "dave"], crowd: 10)
            let daemon = try DaemonProcess(
                DaemonSettings(directories: [slapd.directory(), file.directory("site")]))
            let tokens = try ["alice", "carol", "dave"].map { try daemon.create(.string($0)) }
            slapd.stop()
            file.people.removeAll { $0.login == "carol" }
            try file.write()

            let reports = try daemon.call("directory.sync")["reports"]

            #expect(reports.items.map { $0["source"] } == ["corp", "site"])
            #expect(reports.items.map { $0["complete"] } == [false, true])
            #expect(reports[0]["error"].text != nil)
            #expect(reports[1]["error"] == .null)
            #expect(try tokens.map { try daemon.verdict($0) } == ["active", "obsolete", "active"])
            #expect(try daemon.run("sync", "--quiet").status == 3)
            #expect(try daemon.run("sync", "--quiet", "--source", "site").status == 0)
            let statuses = try daemon.call("directory.status")["sources"].items
            #expect(statuses.map { $0["state"] } == ["failing", "current"])
        }

        @Test func `a login in two sources is ambiguous, and named by its id it is not`() throws {
            let first = try PeopleFile(["alice", "bob"], crowd: 10)
            let second = try PeopleFile(["alice"])
            second.people[0].id = "other"
            try second.write()
            let daemon = try DaemonProcess(
                DaemonSettings(directories: [first.directory("one"), second.directory("two")]))
            let refusal = try daemon.refusal("token.create", ["owner": "alice"])
            #expect(refusal.known == .conflict)
            #expect(refusal.data?.conflict == "ambiguous_owner")
            let named = refusal.data?.detail ?? ""
            #expect(named.contains("one:alice (id-alice)") && named.contains("two:alice (other)"), "\(named)")
            let token = try daemon.create(["source": "two", "id": "other"])
            #expect(token.metadata["owner"]["source"] == "two")
            first.people.removeFirst()
            try first.write()
            _ = try daemon.call("directory.sync")
            #expect(try daemon.verdict(token) == "active")
            #expect(try daemon.create("alice", ["name": "more"]).metadata["owner"]["id"] == "other")
        }

        @Test func `an e-mail that two people share is refused, naming both`() throws {
            let slapd = try Slapd(
                Slapd.person("alice", more: ["mail: team@example.org"])
                    + Slapd.person("bob"))
            try slapd.replace("mail", "team@example.org", of: "alice")
            try slapd.replace("mail", "team@example.org", of: "bob")
            let daemon = try DaemonProcess(DaemonSettings(directories: [slapd.directory()]))
            let refusal = try daemon.refusal("token.create", ["owner": "team@example.org"])
            #expect(refusal.known == .conflict)
            #expect(refusal.data?.conflict == "ambiguous_owner")
            let detail = refusal.data?.detail ?? ""
            #expect(detail.contains("alice") && detail.contains("bob"), "\(detail)")
            #expect(try daemon.create("alice").metadata["owner"]["email"] == "team@example.org")
        }

        @Test func `a login with a NUL in it is nobody else's, and gives nobody else's role`() throws {
            let file = try PeopleFile(["boss", "bob"])
            // "boss", NUL, "x"
            file.people[1].login = "Ym9zcwB4"
            try file.write()
            let text = try file.text.replacing("\nuid: Ym9zcwB4", with: "\nuid:: Ym9zcwB4")
            try file.write(text)
            var settings = DaemonSettings(directories: [file.directory()])
            settings.access = ["role: admin, users: [\(getuid())]", "role: admin, logins: [boss]"]
            let daemon = try DaemonProcess(settings)
            #expect(try daemon.create("boss").metadata["owner"]["id"] == "id-boss", "there is but one")
            let other = try daemon.create(["source": "corp", "id": "id-bob"])
            let whoami = try daemon.call("agent.whoami", ["as": ["token": .string(other.token)]])
            #expect(whoami["roles"].items.isEmpty)
            #expect(try daemon.sync()["changed"] == 0)
        }

        @Test func `tokens of services belong to no directory and outlive every reading`() throws {
            let file = try PeopleFile(["alice", "bob"], crowd: 10)
            let daemon = try DaemonProcess(DaemonSettings(directories: [file.directory()]))
            let token = try daemon.create(.service("backup"))
            file.people.removeAll { $0.login == "bob" }
            try file.write()
            _ = try daemon.sync()
            #expect(try daemon.verdict(token) == "active")
            #expect(token.metadata["owner"]["source"] == "service")
        }
    }
}
