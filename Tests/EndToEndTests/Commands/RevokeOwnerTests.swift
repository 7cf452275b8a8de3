import AgentProtocol
import Glibc
import Testing

@testable import RealServers

extension EndToEnd {
    /// `tokenagent revoke` for all tokens of one owner.
    @Suite struct RevokeOwnerTests {
        private let people: PeopleFile
        private let daemon: DaemonProcess
        private let alices: [MadeToken]
        private let others: [MadeToken]

        init() throws {
            people = try PeopleFile(["alice", "alicee", "bob"], crowd: 3)
            daemon = try DaemonProcess(DaemonSettings(directories: [people.directory()]))
            let daemon = daemon
            alices = try (1...3).map { try daemon.create("alice", ["name": .string("n\($0)")]) }
            others = try [
                daemon.create("alicee"), daemon.create("bob"), daemon.create(.service("alice")),
            ]
        }

        private func expect(
            _ verdict: String, _ tokens: [MadeToken], sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            for token in tokens {
                #expect(try daemon.verdict(token) == verdict, sourceLocation: sourceLocation)
            }
        }

        @Test func `all of a person's are ended, and nobody else's`() throws {
            try daemon.call("token.revoke", ["id": .string(alices[0].id), "reason": "before"])
            let run = try daemon.run("revoke", "--owner", "alice", "--yes", "--reason", "laptop stolen")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("Revoked 2 tokens of alice"), "\(run.output)")
            try expect("revoked", alices)
            try expect("active", others)
            let story = try daemon.run("explain", alices[1].id)
            #expect(story.output.contains("laptop stolen"), "\(story.output)")
            let again = try daemon.run("revoke", "--owner", "alice", "--yes")
            #expect(again.status == 0)
            #expect(again.output.contains("has no token that could be revoked"))
        }

        /// The daemon finds the first by login, and the second by e-mail.
        @Test(arguments: ["Alice", "ALICE@example.org", "alic", "alice ", "alice*", "alice%", "aliceé"])
        func `a name that is only near is refused, and nothing is done`(_ name: String) throws {
            let run = try daemon.run("revoke", "--owner", name, "--yes")
            #expect(run.status == 1, "\(run.output)\(run.errors)")
            #expect(run.output == "")
            try expect("active", alices + others)
        }

        @Test func `a service's name is no person's, and how to name it is said`() throws {
            let backup = try daemon.create(.service("backup"))
            let run = try daemon.run("revoke", "--owner", "backup", "--yes")
            #expect(run.status == 1 && run.errors.contains("--service backup"), "\(run.errors)")
            try expect("active", [backup])
        }

        @Test func `an e-mail address of two people is nobody's`() throws {
            let email = try #require(alices[0].metadata["owner"]["email"].text)
            let carol = """
                dn: uid=carol,ou=people,dc=example,dc=org
                objectClass: inetOrgPerson
                uid: carol
                cn: carol
                sn: carol
                mail: \(email)
                employeeNumber: id-carol

                """
            try people.write(people.text + "\n" + carol)
            _ = try daemon.sync()
            let run = try daemon.run("revoke", "--owner", email, "--yes")
            #expect(run.status == 1, "\(run.output)\(run.errors)")
            #expect(run.errors.contains("2 people"), "\(run.errors)")
            #expect(run.errors.contains("corp:carol (id-carol); name one by --source and --id"))
            try expect("active", alices + others)
        }

        @Test func `an e-mail, a stable id and a service name their owner as well`() throws {
            let owner = alices[0].metadata["owner"]
            let email = try #require(owner["email"].text)
            #expect(try daemon.run("revoke", "--owner", email, "--yes").status == 0)
            try expect("revoked", alices)
            try expect("active", others)
            let bob = try #require(others[1].metadata["owner"]["id"].text)
            for unknown in [["--source", "corp", "--id", bob + "x"], ["--service", "alic"]] {
                let run = try CommandRun(
                    ["revoke", "--yes"] + unknown, environment: ["TOKENAGENT_SOCKET": daemon.socket])
                #expect(run.status == 1 && run.errors.contains("not even a revoked one"), "\(run.errors)")
            }
            try expect("active", others)
            #expect(try daemon.run("revoke", "--source", "corp", "--id", bob, "--yes").status == 0)
            #expect(try daemon.verdict(others[1]) == "revoked")
            #expect(try daemon.run("revoke", "--service", "alice", "--yes", "--json").status == 0)
            #expect(try daemon.verdict(others[2]) == "revoked")
            #expect(try daemon.verdict(others[0]) == "active")
        }

        @Test func `who has no tokens is told apart from who is not known, however they are named`() throws {
            let environment = ["TOKENAGENT_SOCKET": daemon.socket]
            for person in [["--owner", "p1"], ["--source", "corp", "--id", "id-p1"]] {
                let run = try CommandRun(["revoke", "--yes"] + person, environment: environment)
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.output.contains("has no token that could be revoked"))
            }
            for nobody in [["--owner", "p7"], ["--source", "corp", "--id", "id-p7"]] {
                let run = try CommandRun(["revoke", "--yes"] + nobody, environment: environment)
                #expect(run.status == 1, "\(run.errors)")
            }
        }

        @Test func `without somebody to ask nothing is done, and how many it would be is said`() throws {
            let run = try daemon.run("revoke", "--owner", "alice", input: "y\n")
            #expect(run.status == 64)
            #expect(run.errors.contains("Revoke 3 tokens of alice"), "\(run.errors)")
            #expect(run.errors.contains("--yes"))
            try expect("active", alices + others)
        }

        @Test(arguments: [("n\n", 1, "active"), ("\n", 1, "active"), ("y\n", 0, "revoked")])
        func `at a terminal it asks, and only a yes does it`(
            answer: String, status: Int32, verdict: String
        ) throws {
            let terminal = try PseudoTerminal()
            let child = try terminal.run(
                [DaemonProcess.executable, "revoke", "--owner", "alice", "--socket", daemon.socket])
            try terminal.awaitText("Revoke 3 tokens of alice")
            try terminal.awaitText("[y/N]")
            terminal.type(answer)
            #expect(try child.wait() == status)
            try expect(verdict, alices)
            try expect("active", others)
        }

        @Test func `with --json each token is a line as the socket gives it`() throws {
            let run = try daemon.run("revoke", "--owner", "alice", "--yes", "--json")
            let lines = run.output.split(separator: "\n")
            let tokens = try lines.map { try JSONValue(line: String($0)) }
            #expect(Set(tokens.compactMap { $0["id"].text }) == Set(alices.map(\.id)))
            #expect(tokens.allSatisfy { $0["state"] == "revoked" })
        }

        @Test func `more than a page are all ended`() throws {
            daemon.settings.limits = "tokens_per_owner: 2000, creates_per_second: 100000"
            try daemon.restart()
            let connection = try daemon.connect()
            for number in 0..<1100 {
                let params: JSONValue = ["owner": .service("many"), "name": .string("n\(number)")]
                try connection.send(line: DaemonProcess.request("token.create", params))
                if number % 100 == 99 {
                    for _ in 0..<100 { #expect(try connection.value().refusal == nil) }
                }
            }
            let run = try daemon.run("revoke", "--service", "many", "--yes")
            #expect(run.output.contains("Revoked 1100 tokens of service:many"), "\(run.output)\(run.errors)")
            let left = try daemon.call("token.list", ["owner": .service("many"), "state": "active"])
            #expect(left["tokens"].items.isEmpty)
            try expect("active", others)
        }

        @Test(.enabled(if: OtherUser.isPossible, "only root can be somebody else"))
        func `who may not is told so, and a person ends their own`() throws {
            daemon.settings.access = [
                "role: admin, users: [root]", "role: verifier, users: ['*']", "role: self, users: ['*']",
            ]
            try daemon.restart()
            let file = try daemon.folder.write(alices[0].token, to: "t")
            let environment = ["TOKENAGENT_SOCKET": daemon.socket]
            let bob = ["--owner", "bob", "--yes", "--as-token-file", file]
            let refused = try CommandRun(["revoke"] + bob, environment: environment)
            #expect([1, 77].contains(refused.status), "\(refused.output)\(refused.errors)")
            try expect("active", alices + others)
            let key = try CommandRun(
                ["revoke", "--service", "alice", "--yes", "--as-token-file", file], environment: environment)
            #expect(key.status == 77, "\(key.output)\(key.errors)")
            try expect("active", others)
            // With the token that ends by it, too: it is the last.
            let own = try CommandRun(
                ["revoke", "--owner", "alice", "--yes", "--as-token-file", file], environment: environment)
            #expect(own.status == 0, "\(own.output)\(own.errors)")
            #expect(own.output.contains("Revoked 3 tokens of alice"))
            try expect("revoked", alices)
            try expect("active", others)
        }
    }
}
