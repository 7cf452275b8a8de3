import AgentProtocol
import Testing

@testable import RealServers

extension EndToEnd {
    /// What becomes of people's tokens when the directory changes.
    @Suite struct LeavingTests {
        private let slapd: Slapd
        private let daemon: DaemonProcess

        init() throws {
            slapd = try Slapd(
                ["alice", "bob"].map { Slapd.person($0, classes: ["shadowAccount"]) }.joined()
                    + Slapd.crowd(10))
            daemon = try DaemonProcess(DaemonSettings(directories: [slapd.directory()]))
        }

        @Test func `a token of somebody who leaves is refused at once, purged by its use, and no other is`()
            throws
        {
            let gone = try daemon.create("alice")
            let also = try daemon.create("alice", ["name": "second"])
            let stays = try daemon.create("bob")
            try slapd.delete(Slapd.dn("alice"))
            #expect(try daemon.verdict(gone) == "active", "nobody has looked yet")

            let report = try daemon.sync()

            #expect(report["complete"] == true)
            #expect(report["gone"] == 1)
            #expect(report["people"] == 11)
            #expect(try daemon.verdict(gone) == "obsolete")
            try eventually("its use purges it") { try daemon.state(gone) == "purged" }
            #expect(try daemon.state(also) == "obsolete", "an unused one waits for the purge")
            #expect(try daemon.verdict(stays) == "active")
            #expect(try daemon.refusal("token.create", ["owner": "alice"]).known == .notFound)
            let story = try daemon.call("token.explain", ["id": .string(gone.id)])["events"].items
            let events = story.compactMap { $0["event"].text }
            #expect(events.first == "token.created")
            #expect(events.contains("user.gone"))
            #expect(events.last == "token.purged")
        }

        @Test func `a purge takes all obsolete tokens, after a dry run has shown exactly them`() throws {
            let gone = try (1...3).map { try daemon.create("alice", ["name": .string("n\($0)")]) }
            let stays = try daemon.create("bob")
            try slapd.delete(Slapd.dn("alice"))
            _ = try daemon.sync()

            let shown = try daemon.call("token.purge", ["dry_run": true])
            #expect(Set(shown["purged"].items.compactMap { $0["id"].text }) == Set(gone.map(\.id)))
            #expect(try daemon.state(gone[0]) == "obsolete")
            let other = try daemon.refusal("token.purge", ["plan": "no-such-plan"])
            #expect(other.known == .held)
            let done = try daemon.call("token.purge", ["plan": shown["plan"]])
            #expect(done["purged"] == shown["purged"])
            #expect(done["purged"][0]["reason"] == "deleted")

            for token in gone { #expect(try daemon.state(token) == "purged") }
            #expect(try daemon.verdict(gone[0]) != "active")
            #expect(try daemon.verdict(stays) == "active")
            #expect(try daemon.call("token.purge")["purged"].items.isEmpty)
        }

        @Test func `somebody who is renamed keeps their token, which carries the new labels`() throws {
            let token = try daemon.create("alice")
            try slapd.replace("mail", "alison@example.org", of: "alice")
            try slapd.rename(Slapd.dn("alice"), to: "uid=alison")

            let report = try daemon.sync()

            #expect(report["gone"] == 0)
            #expect(report["changed"] == 1)
            let answer = try daemon.call("token.verify", ["token": .string(token.token)])
            #expect(answer["active"] == true)
            #expect(answer["owner"]["login"] == "alison")
            #expect(answer["owner"]["email"] == "alison@example.org")
            #expect(answer["owner"]["id"] == token.metadata["owner"]["id"])
            #expect(try daemon.refusal("token.create", ["owner": "alice"]).known == .notFound)
            #expect(try daemon.call("user.show", ["user": "alison"])["tokens"][0]["id"].text == token.id)
        }

        @Test func `a login that only changes its letter case stays the same person's`() throws {
            let token = try daemon.create("alice")
            try slapd.rename(Slapd.dn("alice"), to: "uid=ALICE")
            let report = try daemon.sync()
            #expect(report["gone"] == 0 && report["added"] == 0)
            #expect(try daemon.verdict(token) == "active")
            let owner = try daemon.create("alice", ["name": "second"]).metadata["owner"]
            #expect(owner["login"] == "ALICE")
            #expect(owner["id"] == token.metadata["owner"]["id"])
        }

        @Test func `a login that a new person takes over brings them none of the old person's tokens`() throws
        {
            let old = try daemon.create("alice")
            try slapd.delete(Slapd.dn("alice"))
            try slapd.add(Slapd.person("alice", classes: ["shadowAccount"]))

            let report = try daemon.sync()

            #expect(report["gone"] == 1)
            #expect(report["added"] == 1)
            #expect(try daemon.call("user.show", ["user": "alice"])["tokens"].items.isEmpty)
            let new = try daemon.create("alice")
            #expect(new.metadata["name"] == old.metadata["name"])
            #expect(new.metadata["owner"]["id"] != old.metadata["owner"]["id"])
            #expect(try daemon.verdict(old) == "obsolete")
            #expect(try daemon.verdict(new) == "active")
        }

        @Test func `somebody disabled is refused until they are enabled again`() throws {
            let token = try daemon.create("alice")
            try slapd.replace("shadowExpire", "1", of: "alice")

            #expect(try daemon.sync()["disabled"] == 1)

            #expect(try daemon.verdict(token) == "suspended")
            let refusal = try daemon.refusal("token.create", ["owner": "alice", "name": "more"])
            #expect(refusal.known == .conflict)
            #expect(refusal.data?.conflict == "owner_disabled")
            #expect(refusal.data?.detail?.contains("shadowExpire") == true)
            #expect(try daemon.call("token.purge")["purged"].items.isEmpty)
            try slapd.replace("shadowExpire", nil, of: "alice")
            _ = try daemon.sync()
            #expect(try daemon.verdict(token) == "active")
            let events = try daemon.call("token.explain", ["id": .string(token.id)])["events"].items
            #expect(events.contains { $0["event"] == "user.disabled" })
            #expect(events.contains { $0["event"] == "user.back" })
        }

        @Test func `somebody moved out of the base is suspended, and back with their tokens afterwards`()
            throws
        {
            let token = try daemon.create("alice")
            try slapd.rename(Slapd.dn("alice"), to: "uid=alice", under: "ou=former,\(Slapd.suffix)")

            let report = try daemon.sync()

            #expect(report["gone"] == 0)
            #expect(report["suspended"] == 1)
            #expect(try daemon.verdict(token) == "suspended")
            #expect(try daemon.call("token.purge")["purged"].items.isEmpty)
            let refusal = try daemon.refusal("token.create", ["owner": "alice", "name": "more"])
            #expect(refusal.data?.conflict == "owner_missing")
            try slapd.rename("uid=alice,ou=former,\(Slapd.suffix)", to: "uid=alice", under: Slapd.people)
            _ = try daemon.sync()
            #expect(try daemon.verdict(token) == "active")
        }

        @Test func `a token made during a reading does not keep its owner from being found gone`() throws {
            let token: MadeToken
            try slapd.delete(Slapd.dn("alice"))
            slapd.pause()
            let caller = try daemon.connect()
            try caller.send(line: DaemonProcess.request("directory.sync"))
            try eventually("the reading has begun") {
                try daemon.call("directory.status")["sources"][0]["reading"] != .null
            }
            token = try daemon.create("alice")
            slapd.resume()

            let report = try caller.value()["result"]["reports"][0]

            #expect(report["complete"] == true)
            #expect(report["gone"] == 1)
            #expect(try daemon.verdict(token) == "obsolete")
        }

        @Test func `somebody new in the directory gets a token before any reading has seen them`() throws {
            try slapd.add(Slapd.person("dave"))
            let token = try daemon.create("dave@example.org")
            #expect(token.metadata["owner"]["login"] == "dave")
            #expect(try daemon.sync()["complete"] == true)
            #expect(try daemon.verdict(token) == "active")
            #expect(try daemon.refusal("token.create", ["owner": "erin"]).known == .notFound)
        }

        @Test func `a dry run says what would be and does nothing`() throws {
            let token = try daemon.create("alice")
            try slapd.delete(Slapd.dn("alice"))
            #expect(try daemon.sync(["dry_run": true])["gone"] == 1)
            #expect(try daemon.verdict(token) == "active")
            #expect(try daemon.sync()["gone"] == 1)
            #expect(try daemon.verdict(token) == "obsolete")
        }
    }
}
