import AgentProtocol
import Testing

extension EndToEnd {
    /// A token's life, as docs/protocol.md tells it.
    @Suite struct TokensTests {
        private let file: PeopleFile
        private let daemon: DaemonProcess

        init() throws {
            file = try PeopleFile(["alice", "bob"], crowd: 10)
            daemon = try DaemonProcess(DaemonSettings(directories: [file.directory()]))
        }

        @Test func `metadata has exactly the members of the protocol, and a new token its secret besides`()
            throws
        {
            let made = try daemon.create("alice@example.org", ["flags": ["pull", "push"]])
            let names = [
                "audience", "created_at", "expires_at", "flags", "id", "last_used_at", "name", "owner",
                "retrievable", "state", "updated_at", "write",
            ]
            let shown = try daemon.call("token.show", ["id": .string(made.id)])
            #expect(shown.members.keys.sorted() == names)
            #expect(
                made.metadata.members.keys.sorted() == (names + ["pass_code", "token", "user_code"]).sorted())
            #expect(
                shown["owner"] == [
                    "source": "corp", "id": "id-alice", "login": "alice", "email": "alice@example.org",
                ])
            #expect(shown["audience"] == "default")
            #expect(shown["name"] == "")
            #expect(shown["write"] == true)
            #expect(shown["flags"] == ["pull", "push"])
            #expect(shown["expires_at"] == .null)
            #expect(shown["last_used_at"] == .null)
            #expect(shown["state"] == "active")
            #expect(shown["retrievable"] == false)
            let time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/
            #expect(shown["created_at"].text?.wholeMatch(of: time) != nil)
            #expect(made.token.wholeMatch(of: /tka_[0-9A-Za-z]{8}_[0-9A-Za-z]{44}/) != nil)
            #expect(made.token == "tka_\(made.id)_\(made.passCode)")
            #expect(made.metadata["user_code"].text == made.id)
            let codes: JSONValue = ["user_code": .string(made.id), "pass_code": .string(made.passCode)]
            let verified = try daemon.call("token.verify", codes)
            #expect(
                verified.members.keys.sorted() == [
                    "active", "audience", "expires_at", "flags", "id", "name", "owner", "write",
                ])
            #expect(try daemon.call("token.show", ["id": .string(made.id)])["last_used_at"] != .null)
        }

        @Test func `one letter changed, anywhere, is malformed`() throws {
            let token = Array(try daemon.create("alice").token.utf8)
            let letters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_".utf8)
            let socket = try daemon.connect()
            var changed: [String] = []
            for position in token.indices {
                for letter in [token[position] ^ 1, token[position] ^ 0x20] + letters.filter({ $0 % 9 == 0 })
                where letter != token[position] && letters.contains(letter) {
                    var other = token
                    other[position] = letter
                    changed.append(String(decoding: other, as: UTF8.self))
                }
            }
            let lines = try changed.map { text in
                try DaemonProcess.request("token.verify", ["token": .string(text)]) + "\n"
            }
            try socket.send(lines.joined())
            for text in changed {
                try #require(
                    try socket.value()["result"] == ["active": false, "reason": "malformed"], "\(text)")
            }
            #expect(changed.count > 400)
            let exact = String(decoding: token, as: UTF8.self)
            for text in [
                exact.dropLast() + "", exact + "0", " " + exact, exact + " ", exact.uppercased(), "",
            ] {
                #expect(try daemon.verdict(text) == "malformed")
            }
            #expect(try daemon.verdict(exact) == "active")
        }

        @Test func `what a token is not for is refused, in words`() throws {
            let token = try daemon.create("alice", ["audience": "ci", "flags": ["pull"], "write": false])
            let answers: [([String: JSONValue], String)] = [
                ([:], "active"), (["audience": "ci"], "active"), (["audience": "CI"], "wrong_audience"),
                (["audience": "default"], "wrong_audience"), (["flags": ["pull"]], "active"),
                (["flags": []], "active"), (["flags": ["pull", "push"]], "missing_flag"),
                (["write": false], "active"), (["write": true], "read_only"),
                (["audience": "ci", "flags": ["pull"], "write": false], "active"),
            ]
            for (params, verdict) in answers {
                #expect(try daemon.verdict(token.token, params) == verdict, "\(params)")
            }
        }

        @Test func `owner, audience and name are unique among tokens that have not ended`() throws {
            let first = try daemon.create("alice", ["audience": "ci", "name": "x"])
            let again: JSONValue = ["owner": "alice", "audience": "ci", "name": "x"]
            let refusal = try daemon.refusal("token.create", again)
            #expect(refusal.known == .conflict)
            #expect(refusal.data?.conflict == "already_exists")
            _ = try daemon.create("alice", ["audience": "ci", "name": "y"])
            _ = try daemon.create("alice", ["audience": "cd", "name": "x"])
            _ = try daemon.create("bob", ["audience": "ci", "name": "x"])
            try daemon.call("token.revoke", ["id": .string(first.id), "reason": "lost"])
            let second = try daemon.create("alice", ["audience": "ci", "name": "x"])
            #expect(try daemon.refusal("token.restore", ["id": .string(first.id)]).known == .conflict)
            #expect(try daemon.verdict(first) == "revoked")
            #expect(try daemon.verdict(second) == "active")
            try daemon.call("token.revoke", ["id": .string(second.id)])
            #expect(try daemon.call("token.restore", ["id": .string(first.id)])["state"] == "active")
            #expect(try daemon.verdict(first) == "active")
        }

        @Test func `only a retrievable token can be revealed, as it is now`() throws {
            let plain = try daemon.create("alice")
            let refusal = try daemon.refusal("token.reveal", ["id": .string(plain.id)])
            #expect(refusal.data?.conflict == "not_retrievable")
            let kept = try daemon.create("alice", ["name": "kept", "retrievable": true])
            let id: JSONValue = ["id": .string(kept.id)]
            #expect(try daemon.call("token.reveal", id) == ["token": .string(kept.token)])
            let rotated = try MadeToken(daemon.call("token.rotate", id))
            try daemon.restart()
            #expect(try daemon.call("token.reveal", id) == ["token": .string(rotated.token)])
            let events = try daemon.call("token.explain", id)["events"].items.compactMap { $0["event"].text }
            #expect(events.count { $0 == "token.revealed" } == 2)
            try daemon.call("token.revoke", id)
            #expect(try daemon.refusal("token.reveal", id).data?.conflict == "token_ended")
        }

        @Test func `rotating ends the old secret at once, or after its grace`() throws {
            let first = try daemon.create("alice")
            let id = JSONValue.string(first.id)
            let second = try MadeToken(daemon.call("token.rotate", ["id": id]))
            #expect(second.id == first.id)
            #expect(try daemon.verdict(first) == "unknown")
            let third = try MadeToken(daemon.call("token.rotate", ["id": id, "grace_s": 1]))
            #expect(try daemon.verdict(third) == "active")
            try eventually("the end of the grace") { try daemon.verdict(second) == "unknown" }
            let fourth = try MadeToken(daemon.call("token.rotate", ["id": id, "grace_s": 1000]))
            #expect(try daemon.verdict(third) == "active")
            try daemon.restart()
            #expect(try daemon.verdict(third) == "active")
            #expect(try daemon.verdict(fourth) == "active")
            try daemon.call("token.revoke", ["id": id])
            #expect(try daemon.verdict(third) != "active")
            #expect(try daemon.verdict(fourth) == "revoked")
        }

        @Test func `the same idempotency key gives the same token, and is for one request only`() throws {
            let params: [String: JSONValue] = ["name": "once", "idempotency_key": "k1"]
            let first = try daemon.create("alice", params)
            let again = try daemon.create("alice", params)
            #expect(again.metadata == first.metadata)
            try daemon.restart()
            #expect(try daemon.create("alice", params).token == first.token)
            #expect(try daemon.call("token.list")["tokens"].items.count == 1)
            let other = try daemon.refusal(
                "token.create", ["owner": "alice", "name": "other", "idempotency_key": "k1"])
            #expect(other.data?.conflict == "idempotency_key_reused")
            let rotate: JSONValue = ["id": .string(first.id), "idempotency_key": "k2"]
            let rotated = try MadeToken(daemon.call("token.rotate", rotate))
            #expect(try MadeToken(daemon.call("token.rotate", rotate)).token == rotated.token)
            #expect(try daemon.verdict(rotated) == "active")
        }

        @Test func `a token ends at its expiry, and lives on when that is moved in time`() throws {
            let saved = try shortLived("saved")
            try daemon.call("token.update", ["id": .string(saved.id), "expires_at": .null])
            // It ends later than the other one would have.
            let short = try shortLived("short")
            try eventually("the expiry") { try daemon.verdict(short) == "expired" }
            #expect(try daemon.state(short) == "expired")
            let expired = try daemon.call("token.list", ["state": "expired"])["tokens"].items
            #expect(expired.contains { $0["id"].text == short.id })
            #expect(!expired.contains { $0["id"].text == saved.id })
            #expect(try daemon.verdict(saved) == "active")
            let past = try daemon.refusal(
                "token.create", ["owner": "alice", "name": "past", "expires_at": "2020-01-01T00:00:00Z"])
            #expect(past.data?.member == "expires_at")
            let born = try daemon.create(
                "alice", ["name": "past", "expires_at": "2020-01-01T00:00:00Z", "allow_past": true])
            #expect(try daemon.verdict(born) == "expired")
        }

        /// A token that is good for a second, and was seen to be.
        private func shortLived(_ name: String) throws -> MadeToken {
            var number = 0
            return try eventually("an answer within a second") {
                number += 1
                let made = try daemon.create(
                    "alice", ["name": .string("\(name) \(number)"), "expires_in": 1])
                return try daemon.verdict(made) == "active" ? made : nil
            }
        }

        @Test func `a list goes on where its page ended, and knows every state`() throws {
            let tokens = try (0..<25).map { try daemon.create(.service("s\($0)")) }
            for token in tokens.prefix(5) { try daemon.call("token.revoke", ["id": .string(token.id)]) }
            var seen: [String] = []
            var cursor: JSONValue = .null
            repeat {
                var params: [String: JSONValue] = ["limit": 10]
                if cursor != .null { params["cursor"] = cursor }
                let page = try daemon.call("token.list", .object(params))
                seen += page["tokens"].items.compactMap { $0["id"].text }
                cursor = page["next_cursor"]
            } while cursor != .null
            #expect(seen.count == 25)
            #expect(Set(seen) == Set(tokens.map(\.id)))
            #expect(try daemon.call("token.list", ["state": "revoked"])["tokens"].items.count == 5)
            #expect(try daemon.call("agent.status")["tokens"]["active"] == 20)
            let since = tokens[10].metadata["created_at"]
            let later = try daemon.call("token.list", ["created_after": since])["tokens"].items
            let earlier = try daemon.call("token.list", ["created_before": since])["tokens"].items
            #expect(later.contains { $0["id"].text == tokens[10].id })
            #expect(later.count + earlier.count == 25)
        }

        @Test func `limits that the configuration sets are kept`() throws {
            daemon.settings.limits = "tokens_per_owner: 2"
            daemon.settings.tokens = "default_expiry: 1h, max_expiry: 2h"
            try daemon.restart()
            let token = try daemon.create("alice")
            #expect(token.metadata["expires_at"] != .null)
            for expiry: [String: JSONValue] in [["expires_in": 7201], ["expires_at": .null]] {
                let long = try daemon.refusal(
                    "token.create", .object(expiry.merging(["owner": "alice", "name": "b"]) { $1 }))
                #expect(long.known == .invalidParams)
            }
            let never = try daemon.refusal("token.update", ["id": .string(token.id), "expires_at": .null])
            #expect(never.data?.member == "expires_at")
            _ = try daemon.create("alice", ["name": "b", "expires_in": 7200])
            let refusal = try daemon.refusal("token.create", ["owner": "alice", "name": "c"])
            #expect(refusal.known == .limitExceeded)
            try daemon.call("token.revoke", ["id": .string(token.id)])
            _ = try daemon.create("alice", ["name": "c"])
        }
    }
}
