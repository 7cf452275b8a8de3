import AgentProtocol
import Glibc
import Testing

extension EndToEnd {
    /// What local users may do, by the kernel's word.
    @Suite(.enabled(if: OtherUser.isPossible, "only root can act as other users")) struct LocalUserTests {
        private let file: PeopleFile
        private let daemon: DaemonProcess
        private let own: MadeToken
        private let others: MadeToken

        /// `games` is a local user and a person of the directory; `daemon` is only the former.
        init() throws {
            file = try PeopleFile(["games", "alice"], crowd: 10)
            var settings = DaemonSettings(directories: [file.directory()])
            settings.socketMode = "0666"
            let daemon = try DaemonProcess(settings)
            self.daemon = daemon
            own = try daemon.create("games", ["flags": ["a", "b"], "expires_in": 1000])
            others = try daemon.create("alice")
        }

        @Test func `a person of the directory manages their own tokens`() throws {
            let games = try OtherUser("games", at: daemon.socket)
            let whoami = try games.call("agent.whoami")
            #expect(whoami["login"] == "games")
            #expect(whoami["uid"].integer == Int(getpwnam("games").pointee.pw_uid))
            #expect(whoami["roles"] == ["self", "verifier"])
            let made = try MadeToken(games.call("token.create", ["owner": "games", "name": "mine"]))
            #expect(made.metadata["owner"]["login"] == "games")
            let listed = try games.call("token.list")["tokens"].items.compactMap { $0["id"].text }
            #expect(Set(listed) == [own.id, made.id])
            let rotated = try MadeToken(games.call("token.rotate", ["id": .string(made.id)]))
            #expect(try daemon.verdict(made) == "unknown")
            #expect(try daemon.verdict(rotated) == "active")
            #expect(try games.call("user.show", ["user": "games"])["tokens"].items.count == 2)
            #expect(try games.call("token.explain", ["id": .string(made.id)])["events"].items.count == 2)
            #expect(try games.call("token.revoke", ["id": .string(made.id)])["state"] == "revoked")
            #expect(try daemon.verdict(rotated) == "revoked")
            #expect(try games.refusal("token.restore", ["id": .string(made.id)]).known == .notPermitted)
        }

        @Test func `their own tokens can only be narrowed`() throws {
            let games = try OtherUser("games", at: daemon.socket)
            let id = JSONValue.string(own.id)
            let narrowed = try games.call("token.update", ["id": id, "flags": ["a"], "write": false])
            #expect(narrowed["flags"] == ["a"])
            #expect(narrowed["write"] == false)
            let widenings: [[String: JSONValue]] = [
                ["flags": ["a", "b"]], ["write": true], ["expires_at": .null],
                ["expires_at": "2099-01-01T00:00:00Z"],
            ]
            for change in widenings {
                let params = JSONValue.object(change.merging(["id": id]) { $1 })
                #expect(try games.refusal("token.update", params).known == .notPermitted, "\(change)")
                #expect(try daemon.call("token.update", params)["id"] == id, "an admin may")
                try daemon.call(
                    "token.update",
                    ["id": id, "flags": ["a"], "write": false, "expires_at": own.metadata["expires_at"]])
            }
        }

        @Test func `others' tokens look as if they were not there`() throws {
            let games = try OtherUser("games", at: daemon.socket)
            let id: JSONValue = ["id": .string(others.id)]
            for method in ["show", "explain", "rotate", "revoke", "reveal", "update"] {
                let refusal = try games.refusal("token.\(method)", id)
                #expect(refusal.known == .notFound, "\(method)")
                let nothing = try games.refusal("token.\(method)", ["id": "00000000"])
                #expect(nothing.code == refusal.code)
            }
            #expect(try games.refusal("token.create", ["owner": "alice"]).known == .notPermitted)
            #expect(try games.refusal("token.create", ["owner": .service("x")]).known == .notPermitted)
            #expect(try games.refusal("token.list", ["owner": "alice"]).known == .notPermitted)
            #expect(try games.refusal("user.show", ["user": "alice"]).known == .notFound)
            #expect(try games.call("user.list")["users"].items.map { $0["login"] } == ["games"])
            for method in ["token.purge", "directory.sync", "directory.test"] {
                #expect(try games.refusal(method).known == .notPermitted, "\(method)")
            }
            #expect(try daemon.verdict(others) == "active")
        }

        @Test func `who is nobody in the directory may verify, and that is all`() throws {
            let stranger = try OtherUser("daemon", at: daemon.socket)
            #expect(try stranger.call("token.verify", ["token": .string(own.token)])["active"] == true)
            #expect(try stranger.call("agent.status")["people"] == 12)
            #expect(try stranger.call("directory.status")["sources"].items.count == 1)
            for (method, params) in [
                ("token.create", ["owner": "games"]), ("token.list", [:]),
                ("token.show", ["id": .string(own.id)]),
                ("user.show", ["user": "games"]), ("directory.sync", [:]), ("token.purge", [:]),
            ] as [(String, JSONValue)] {
                #expect(try stranger.refusal(method, params).known == .notPermitted, "\(method)")
            }
        }

        @Test func `the kernel's user for "no number for that here" is turned away`() throws {
            let nobody = try OtherUser("nobody", group: "nogroup", at: daemon.socket)
            #expect(try nobody.socket.value().refusal?.known == .notPermitted)
            #expect(try nobody.socket.lineOrEnd() == nil)
        }

        @Test func `a group gives its role, also as one among others`() throws {
            daemon.settings.access = [
                "role: admin, users: [root]", "role: admin, groups: [games]",
                "role: verifier, users: [daemon]",
            ]
            try daemon.restart()
            for (user, group, groups) in [("daemon", "games", []), ("bin", "bin", ["bin", "games"])] {
                let member = try OtherUser(user, group: group, groups: groups, at: daemon.socket)
                #expect(try member.call("agent.whoami")["roles"].items.contains("admin"))
                #expect(try member.call("token.list")["tokens"].items.count == 2)
            }
            let verifier = try OtherUser("daemon", at: daemon.socket)
            #expect(try verifier.call("token.verify", ["token": .string(own.token)])["active"] == true)
            #expect(try verifier.refusal("token.list").known == .notPermitted)
            let none = try OtherUser("bin", at: daemon.socket)
            #expect(try none.call("agent.whoami")["roles"].items.isEmpty)
            let refusal = try none.refusal("token.verify", ["token": .string(own.token)])
            #expect(refusal.known == .notPermitted)
            #expect(try none.refusal("agent.status").known == .notPermitted)
        }

        @Test func `a socket that is not for others does not let them connect`() throws {
            daemon.settings.socketMode = "0600"
            try daemon.restart()
            let games = try OtherUser("games", at: daemon.socket)
            #expect(try games.socket.lineOrEnd() == nil)
        }
    }
}
