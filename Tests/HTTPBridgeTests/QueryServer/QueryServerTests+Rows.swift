import AgentClient
import AgentProtocol
import Testing

extension BridgeSuites.QueryServerTests {
    @Test("The list has all rows, with numbers for booleans, seconds for times, and the raw expiry")
    func lists() async throws {
        try await House.open { house in
            let admin = try await house.bearer("ada")
            let later = 4_102_444_800
            let orders: [JSONValue] = [
                ["email": "alice@example.org", "expiration_date": 1_632_960_000_000],
                ["email": "bob@example.org", "expiration_date": .integer(Int64(later)), "write": false],
                ["email": "carol@example.org", "expiration_date": .integer(Int64(later) * 1000)],
                ["email": "vera@example.org"],
            ]
            for order in orders {
                #expect(try await house.http.send("POST", Self.path, admin, json: order).status == 201)
            }
            let answer = try await house.http.send("GET", Self.path, admin)
            #expect(answer.status == 200)
            #expect(answer["Content-Type"] == "application/json")
            #expect(answer["Cache-Control"] == "no-store")
            let rows = answer.json?["data"]?.items ?? []
            #expect(rows.count == 4)
            let names: Set = [
                "active", "created_at", "expiration_date", "id", "token", "updated_at", "user_uuid", "write",
            ]
            #expect(rows.allSatisfy { $0.names == names })
            #expect(rows.map { $0["active"] } == [0, 1, 1, 1])
            #expect(rows.map { $0["write"] } == [1, 0, 1, 1])
            #expect(rows[0]["expiration_date"] == .integer(1_632_960_000_000))
            #expect(rows[1]["expiration_date"] == .integer(Int64(later)))
            #expect(rows[2]["expiration_date"] == .integer(Int64(later) * 1000))
            #expect(rows[3]["expiration_date"] == rows[3]["updated_at"])
            #expect(Set(rows.map { $0["id"] }).count == 4)
            let alice = try #require(try await house.live("alice", "query"))
            #expect(rows[0]["user_uuid"] == .string(alice.owner.id))
            #expect(rows[0]["token"] == .string(try await house.value(alice.id)))
            #expect(rows[0]["created_at"] == .integer(alice.createdAt.milliseconds / 1000))
            #expect(try await house.verdict(rows[0]["token"]?.text ?? "") == "expired")
            #expect(try await house.verdict(rows[1]["token"]?.text ?? "") == "active")
        }
    }

    @Test("An expiry that is over is accepted in milliseconds, in one step that never made a live token")
    func makesExpiredTokensAtOnce() async throws {
        try await House.open { house in
            let admin = try await house.bearer("ada")
            let order: JSONValue = ["email": "alice@example.org", "expiration_date": 1_632_960_000_000]
            #expect(try await house.http.send("POST", Self.path, admin, json: order).status == 201)
            let token = try #require(try await house.live("alice", "query"))
            #expect(token.expiresAt == WireTime(milliseconds: 1_632_960_000_000))
            #expect(token.state == .expired)
            let story = try await house.agent.call(TokenExplain(id: token.id)).events
            #expect(story.map(\.event) == ["token.created"])
        }
    }

    @Test("Without an expiry it is never, also where the agent has a default for others")
    func neverMeansNever() async throws {
        try await House.open(.init(more: "tokens: {default_expiry: 1h}")) { house in
            let admin = try await house.bearer("ada")
            #expect(try await house.live("ada", "default")?.expiresAt != nil)
            let orders: [JSONValue] = [
                ["email": "alice@example.org"], ["email": "bob@example.org", "expiration_date": .null],
            ]
            for order in orders {
                #expect(try await house.http.send("POST", Self.path, admin, json: order).status == 201)
            }
            let own: JSONValue = ["email": "carol@example.org", "password": "carol secret"]
            #expect(try await house.http.send("POST", Self.path + "/value", json: own).status == 200)
            #expect(try await house.http.send("PUT", Self.path, admin, json: orders[1]).status == 200)
            for login in ["alice", "bob", "carol"] {
                let token = try #require(try await house.live(login, "query"))
                #expect(token.expiresAt == nil, "\(login)")
            }
            let rows = try await house.http.send("GET", Self.path, admin).json?["data"]?.items ?? []
            #expect(rows.count == 3)
            #expect(rows.allSatisfy { $0["expiration_date"] == $0["updated_at"] })
        }
    }

    @Test("Where every token has to expire, one without an expiry is refused in plain words")
    func refusesNeverWhereTheAgentDoes() async throws {
        try await House.open(.init(more: "tokens: {default_expiry: 1h, max_expiry: 2h}")) { house in
            let admin = try await house.bearer("ada")
            let answer = try await house.http.send(
                "POST", Self.path, admin, json: ["email": "alice@example.org"])
            #expect(answer.status == 400)
            #expect(answer.body.contains("tokens.max_expiry"))
            #expect(try await house.live("alice", "query") == nil)
        }
    }

    @Test("A replacement replaces all terms and the value, and does nothing where there is nothing")
    func replaces() async throws {
        try await House.open { house in
            let admin = try await house.bearer("ada")
            for email in ["nobody@example.org", "alice@example.org"] {
                let answer = try await house.http.send(
                    "PUT", Self.path, admin, json: ["email": .string(email)])
                #expect(answer.status == 200)
                #expect(answer.body.isEmpty)
            }
            #expect(try await house.live("alice", "query") == nil)
            let order: JSONValue = ["email": "alice@example.org", "expiration_date": 4_102_444_800]
            _ = try await house.http.send("POST", Self.path, admin, json: order)
            let before = try #require(try await house.live("alice", "query"))
            let value = try await house.value(before.id)
            let answer = try await house.http.send(
                "PUT", Self.path, admin, json: ["email": "ALICE@example.org", "expiration_date": .null])
            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
            let after = try #require(try await house.live("alice", "query"))
            #expect(!after.write)
            #expect(after.expiresAt == nil)
            #expect(after.flags.isEmpty)
            #expect(try await house.value(after.id) != value)
            #expect(try await house.verdict(value) == "unknown")
        }
    }

    @Test("A deletion ends the token, and is content where there is none")
    func deletes() async throws {
        try await House.open { house in
            let admin = try await house.bearer("ada")
            let body: JSONValue = ["email": "alice@example.org"]
            _ = try await house.http.send("POST", Self.path, admin, json: body)
            let token = try #require(try await house.live("alice", "query"))
            let value = try await house.value(token.id)
            for _ in 1...2 {
                let answer = try await house.http.send("DELETE", Self.path, admin, json: body)
                #expect(answer.status == 200)
                #expect(answer.body.isEmpty)
            }
            #expect(try await house.verdict(value) == "revoked")
            #expect(try await house.http.send("POST", Self.path, admin, json: body).status == 201)
        }
    }

    @Test("An administrator sees a value by e-mail address")
    func showsValues() async throws {
        try await House.open { house in
            let admin = try await house.bearer("ada")
            _ = try await house.http.send("POST", Self.path, admin, json: ["email": "alice@example.org"])
            let token = try #require(try await house.live("alice", "query"))
            let value = try await house.value(token.id)
            for email in ["alice@example.org", "alice%40example.org"] {
                let answer = try await house.http.send("GET", Self.path + "/value?email=\(email)", admin)
                #expect(answer.status == 200)
                #expect(answer.json == ["data": [["token": .string(value)]]])
            }
            for email in ["bob@example.org", "nobody@example.org"] {
                let answer = try await house.http.send("GET", Self.path + "/value?email=\(email)", admin)
                #expect(answer.status == 200)
                #expect(answer.json == ["data": []])
            }
            let missing = try await house.http.send("GET", Self.path + "/value", admin)
            #expect(missing.status == 400)
            #expect(missing.body == "Missing query string")
            let other = try await house.http.send("GET", Self.path + "/value?mail=x", admin)
            #expect(other.status == 400)
            #expect(other.body == "Missing query string: email")
        }
    }

    @Test("A person gets their own value by password, and a token if they have none")
    func showsOnesOwn() async throws {
        try await House.open { house in
            let body: JSONValue = ["email": "alice@example.org", "password": "alice secret"]
            let first = try await house.http.send("POST", Self.path + "/value", json: body)
            #expect(first.status == 200)
            let value = first.json?["data"]?.items.first?["token"]?.text ?? ""
            #expect(try await house.verdict(value) == "active")
            let again = try await house.http.send("POST", "/_/user/token/value", json: body)
            #expect(again.json == ["data": [["token": .string(value)]]])
            for (email, password) in [
                ("alice@example.org", "wrong"), ("nobody@example.org", "x"), ("alice@example.org", ""),
                ("dora@example.org", "dora secret"), ("alice", "alice secret"), ("", "x"),
            ] {
                let answer = try await house.http.send(
                    "POST", Self.path + "/value",
                    json: ["email": .string(email), "password": .string(password)])
                #expect(answer.status == 400, "\(email)")
                #expect(answer.body == "The email or password is not correct.")
            }
            let missing = try await house.http.send(
                "POST", Self.path + "/value", json: ["email": "alice@example.org"])
            #expect(missing.status == 400)
            #expect(missing.body.contains("password"))
        }
    }

    @Test("A directory that cannot be asked is an error of the server, and never a wrong password")
    func tellsOutagesFromWrongPasswords() async throws {
        try await House.open { house in
            house.stopDirectory()
            let answer = try await house.http.send(
                "POST", Self.path + "/value",
                json: ["email": "alice@example.org", "password": "alice secret"])
            #expect(answer.status == 500)
            #expect(answer.body == "Internal Server Error")
        }
    }
}
