import AgentProtocol
import Glibc
import Testing

extension EndToEnd {
    /// `params.as`: judged by its credentials alone.
    @Suite struct OnBehalfTests {
        private let file: PeopleFile
        private let daemon: DaemonProcess
        private let alice: MadeToken
        private let bob: MadeToken

        init() throws {
            file = try PeopleFile(["alice", "bob", "boss"], crowd: 10)
            var settings = DaemonSettings(directories: [file.directory()])
            settings.access = [
                "role: admin, users: [\(getuid())]", "role: verifier, users: [\"*\"]",
                "role: self, users: [\"*\"]", "role: admin, logins: [\"corp:boss\"]",
            ]
            daemon = try DaemonProcess(settings)
            alice = try daemon.create("alice")
            bob = try daemon.create("bob")
        }

        private func params(_ token: MadeToken, _ params: [String: JSONValue] = [:]) -> JSONValue {
            .object(params.merging(["as": ["token": .string(token.token)]]) { $1 })
        }

        @Test func `the bearer of a token has their own rights and not the connection's`() throws {
            let listed = try daemon.call("token.list", params(alice))["tokens"]
            #expect(listed.items.map { $0["id"].text } == [alice.id])
            let made = try MadeToken(
                daemon.call("token.create", params(alice, ["owner": "alice", "name": "x"])))
            #expect(made.metadata["owner"] == alice.metadata["owner"])
            let story = try daemon.call("token.explain", ["id": .string(made.id)])["events"][0]
            #expect(story["by"].text?.contains(alice.id) == true)
            for (method, more) in [
                ("token.create", ["owner": "bob", "name": "x"]), ("directory.sync", [:]),
                ("token.purge", [:]),
                ("token.verify", ["token": .string(bob.token)]), ("agent.status", [:]),
            ] as [(String, [String: JSONValue])] {
                #expect(try daemon.refusal(method, params(alice, more)).known == .notPermitted, "\(method)")
            }
            let users = try daemon.call("user.list", params(alice))["users"]
            #expect(users.items.map { $0["login"] } == ["alice"])
            let others = params(alice, ["id": .string(bob.id)])
            #expect(try daemon.refusal("token.revoke", others).known == .notFound)
            #expect(try daemon.call("agent.whoami", params(alice))["login"] == "alice")
        }

        @Test func `the two codes do as well as the token`() throws {
            let credentials: JSONValue = [
                "user_code": .string(alice.id), "pass_code": .string(alice.passCode),
            ]
            #expect(try daemon.call("token.list", ["as": credentials])["tokens"].items.count == 1)
        }

        @Test func `wrong credentials are bad credentials, whatever is asked`() throws {
            let revoked = try daemon.create("alice", ["name": "revoked"])
            try daemon.call("token.revoke", ["id": .string(revoked.id)])
            let wrong = String(alice.token.dropLast()) + (alice.token.last == "a" ? "b" : "a")
            for token in [wrong, "nonsense", revoked.token] {
                for (method, more) in [
                    ("token.list", [:]), ("agent.whoami", [:]), ("agent.status", [:]), ("rpc.discover", [:]),
                    ("token.verify", ["token": .string(bob.token)]),
                ] as [(String, [String: JSONValue])] {
                    let params = JSONValue.object(more.merging(["as": ["token": .string(token)]]) { $1 })
                    let refusal = try daemon.refusal(method, params)
                    #expect(refusal.known == .notPermitted, "\(method)")
                    #expect(refusal.reason == "bad_credentials", "\(method)")
                }
            }
        }

        @Test func `a token that may not write may look and not touch`() throws {
            let reader = try daemon.create("alice", ["name": "reader", "write": false])
            #expect(try daemon.call("token.list", params(reader))["tokens"].items.count == 2)
            for (method, more) in [
                ("token.create", ["owner": "alice", "name": "more"]),
                ("token.revoke", ["id": .string(alice.id)]),
                ("token.rotate", ["id": .string(reader.id)]),
                ("token.update", ["id": .string(reader.id), "write": true]),
            ] as [(String, [String: JSONValue])] {
                #expect(try daemon.refusal(method, params(reader, more)).known == .notPermitted, "\(method)")
            }
            #expect(try daemon.verdict(alice) == "active")
        }

        @Test func `a directory login that is an admin may do everything, unless the token may not write`()
            throws
        {
            let boss = try daemon.create("boss")
            let made = try MadeToken(
                daemon.call("token.create", params(boss, ["owner": "bob", "name": "x"])))
            #expect(try daemon.verdict(made) == "active")
            #expect(
                try daemon.call("token.verify", params(boss, ["token": .string(bob.token)]))["active"] == true
            )
            #expect(try daemon.call("directory.sync", params(boss))["reports"][0]["complete"] == true)
            let reader = try daemon.create("boss", ["name": "reader", "write": false])
            #expect(try daemon.refusal("directory.sync", params(reader)).known == .notPermitted)
            #expect(try daemon.refusal("token.purge", params(reader)).known == .notPermitted)
            #expect(try daemon.call("token.list", params(reader))["tokens"].items.count == 5)
        }

        @Test func `the token of a service owns what that service owns`() throws {
            let backup = try daemon.create(.service("backup"))
            let listed = try daemon.call("token.list", params(backup))
            #expect(listed["tokens"].items.map { $0["id"].text } == [backup.id])
        }

        @Test func `a change of the access rules judges open connections anew`() throws {
            let open = try daemon.connect()
            let verify = try DaemonProcess.request("token.verify", ["token": .string(alice.token)])
            let list = try DaemonProcess.request("token.list")
            #expect(try open.ask(verify)["result"]["active"] == true)
            #expect(try open.ask(list).refusal == nil)
            daemon.settings.access = ["role: admin, users: [54321]"]
            daemon.settings.limits = "connections: 2000, tokens_per_owner: 7"
            daemon.settings.log = "level: info"
            try daemon.reload()
            #expect(try open.ask(verify).refusal?.known == .notPermitted)
            #expect(try open.ask(list).refusal?.known == .notPermitted)
            let lines = try daemon.log.split(separator: "\n")
            let restart = try #require(lines.last { $0.contains("need a restart") })
            #expect(restart.contains("limits.connections") && !restart.contains("access"))
            let taken = try #require(lines.last { $0.contains("reloaded the configuration") })
            #expect(taken.contains("access") && taken.contains("limits.tokens_per_owner"))

            daemon.settings.access = ["role: admin, users: [\(getuid())]", "rule: admin, users: [\"*\"]"]
            try daemon.reload()
            #expect(try open.ask(verify).refusal?.known == .notPermitted, "a wrong file changes nothing")
            daemon.settings.access = ["role: verifier, users: [\"*\"]"]
            try daemon.reload()
            #expect(try open.ask(verify)["result"]["active"] == true)
            #expect(try open.ask(list).refusal?.known == .notPermitted)
        }
    }
}
