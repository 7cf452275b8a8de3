import AgentProtocol
import Testing

@testable import RealServers

extension EndToEnd {
    /// `id` is made another attribute, of which any text may be a value, under people who are known by their
    /// entryUUID. Alice's is bob's entryUUID: by it she would be him.
    @Suite struct OtherIDTests {
        private let slapd: Slapd
        private let daemon: DaemonProcess

        init() throws {
            let numbers = ["alice": Slapd.uuid(2), "bob": "1002"]
            let people = ["alice", "bob"].enumerated().map { index, login in
                Slapd.person(
                    login, uuid: Slapd.uuid(index + 1),
                    more: ["userPassword: secret", "employeeNumber: \(numbers[login]!)"])
            }
            slapd = try Slapd(people.joined())
            daemon = try DaemonProcess(DaemonSettings(directories: [slapd.directory()]))
        }

        private func credentials(_ login: String) -> JSONValue {
            ["login": .string(login), "password": "secret"]
        }

        private func owner(_ login: String) throws -> String? {
            try daemon.call("agent.whoami", ["as": credentials(login)])["owner"]["id"].text
        }

        private func restart(_ more: String...) throws {
            let lines = [slapd.directory()] + more.map { "    \($0)" }
            daemon.settings.directories = [lines.joined(separator: "\n")]
            try daemon.restart()
            try daemon.awaitReadings()
        }

        private func expectRefusal(_ method: String, _ params: JSONValue) throws {
            let refusal = try daemon.refusal(method, params)
            #expect(refusal.known == .directoryUnavailable)
            let detail = refusal.data?.detail ?? ""
            #expect(detail.contains("people are known by entryUUID"), "\(detail)")
            #expect(detail.contains("now says employeeNumber"), "\(detail)")
        }

        @Test func `a password makes nobody another person, nor somebody known a second one`() throws {
            let tokens = try ["alice", "bob"].map { try daemon.create(.string($0)) }
            #expect(try owner("alice") == Slapd.uuid(1))
            try restart("id: employeeNumber")
            for login in ["alice", "bob"] {
                try expectRefusal("agent.whoami", ["as": credentials(login)])
                try expectRefusal(
                    "token.create", ["owner": .string(login), "name": "x", "as": credentials(login)])
            }
            #expect(try tokens.allSatisfy { try daemon.verdict($0) == "active" })
            try restart()
            #expect(try ["alice", "bob"].map(owner) == [Slapd.uuid(1), Slapd.uuid(2)])
            #expect(try daemon.call("token.list")["tokens"].items.count == 2)
        }

        @Test func `nobody new is looked up by it`() throws {
            try slapd.add(Slapd.person("carol", more: ["employeeNumber: 1003"]))
            try restart("id: employeeNumber")
            try expectRefusal("token.create", ["owner": "carol"])
            try expectRefusal("user.show", ["user": "carol"])
            try expectRefusal("directory.sync", [:])
        }

        @Test func `the same before the first reading, once somebody who was looked up has a token`() throws {
            // A canary that nobody is: no reading is ever accepted.
            let unready = "canary: nobody"
            let daemon = try DaemonProcess(
                DaemonSettings(directories: [slapd.directory("corp", unready)]))
            let token = try daemon.create("alice")
            daemon.settings.directories = [slapd.directory("corp", unready, "id: employeeNumber")]
            try daemon.restart()
            let refusal = try daemon.refusal("agent.whoami", ["as": credentials("alice")])
            #expect(refusal.known == .directoryUnavailable)
            #expect(refusal.data?.detail?.contains("people are known by entryUUID") == true)
            // And the first reading is none by the other attribute.
            daemon.settings.directories = [slapd.directory("corp", "canary: bob", "id: employeeNumber")]
            try daemon.restart()
            #expect(try daemon.refusal("directory.sync").known == .directoryUnavailable)
            #expect(try daemon.verdict(token) == "active")
        }
    }
}
