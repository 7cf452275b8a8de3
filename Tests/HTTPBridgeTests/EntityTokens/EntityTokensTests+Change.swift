import AgentClient
import AgentProtocol
import Testing

extension BridgeSuites.EntityTokensTests {
    private static func path(_ user: String) -> String { path.replacing("alice", with: user) }

    @Test("A change sets, clears and ends the expiry and replaces the flags; the value stays")
    func changes() async throws {
        try await House.open { house in
            let ada = try await Self.headers(house, "ada")
            #expect(try await house.http.send("PATCH", Self.path, ada, json: [:]).status == 404)
            _ = try await house.http.send("POST", Self.path, ada)
            let value =
                try await house.http.send("GET", Self.path, ada).json?["authenticationToken"]?.text ?? ""
            func change(_ body: JSONValue) async throws -> TokenMetadata {
                let answer = try await house.http.send("PATCH", Self.path, ada, json: body)
                #expect(answer.status == 200)
                #expect(answer.json == ["success": true])
                return try #require(try await house.live("alice", "entity:acme"))
            }
            let flagged = try await change(["flags": ["a", "b"], "expiry": "2099-12-31T23:59:59Z"])
            #expect(flagged.flags == ["a", "b"])
            #expect(flagged.expiresAt?.text == "2099-12-31T23:59:59.000Z")
            #expect(try await change(["flags": ["c"]]).flags == ["c"])
            #expect(try await change([:]).flags == ["c"])
            #expect(try await change(["expiry": .null]).expiresAt == nil)
            #expect(try await house.verdict(value) == "active")
            _ = try await change(["expiry": "2023-12-31T23:59:59Z"])
            #expect(try await house.verdict(value) == "expired")
            let expired = try await house.http.send("GET", Self.path, ada)
            #expect(expired.status == 200)
            #expect(expired.json?["authenticationToken"] == .string(value))
            let bad = [
                "", "{", "[]", #"{"expiry":"tomorrow"}"#, #"{"expiry":5}"#, #"{"flags":"a"}"#,
                #"{"flags":[1]}"#, #"{"flags":[""]}"#, #"{"flags":null}"#,
            ]
            for body in bad {
                let answer = try await house.http.send("PATCH", Self.path, ada, body: body)
                #expect(answer.status == 400, "\(body)")
                _ = Self.message(answer)
            }
        }
    }

    @Test("A user may narrow their token, and not widen it")
    func narrows() async throws {
        try await House.open { house in
            let alice = try await Self.headers(house, "alice")
            _ = try await house.http.send("POST", Self.path, alice)
            let wider = try await house.http.send("PATCH", Self.path, alice, json: ["flags": ["more"]])
            #expect(wider.status == 403)
            let narrower = try await house.http.send(
                "PATCH", Self.path, alice, json: ["expiry": "2099-01-01T00:00:00+01:00"])
            #expect(narrower.status == 200)
        }
    }

    @Test("A refresh gives a new value; the old one is dead at once, and flags stay")
    func refreshes() async throws {
        try await House.open { house in
            let alice = try await Self.headers(house, "alice")
            let path = Self.path + "/refresh"
            let none = try await house.http.send("POST", path, alice)
            #expect(none.status == 404)
            _ = try await house.http.send("POST", Self.path, alice)
            let first =
                try await house.http.send("GET", Self.path, alice).json?["authenticationToken"]?.text ?? ""
            let wrong = try await house.http.send("POST", path, alice, json: ["authenticationToken": "other"])
            #expect(wrong.status == 400)
            let mistyped = try await house.http.send("POST", path, alice, json: ["authenticationToken": 1])
            #expect(mistyped.status == 400)
            #expect(try await house.verdict(first) == "active")
            let second = try await house.http.send(
                "POST", path, alice, json: ["authenticationToken": .string(first)])
            #expect(second.status == 200)
            #expect(second.json?["success"] == true)
            let value = second.json?["authenticationToken"]?.text ?? ""
            #expect(value != first)
            #expect(try await house.verdict(first) == "unknown")
            #expect(try await house.verdict(value) == "active")
            #expect(
                try await house.http.send("GET", Self.path, alice).json?["authenticationToken"]
                    == .string(value))
            for body in [nil, "", "{}", #"{"authenticationToken":null}"#] {
                #expect(try await house.http.send("POST", "/api" + path, alice, body: body).status == 200)
            }
        }
    }

    @Test("Of refreshes of one value that come at once, one succeeds, and its value is the one that counts")
    func refreshesOnce() async throws {
        try await House.open { house in
            let alice = try await Self.headers(house, "alice")
            _ = try await house.http.send("POST", Self.path, alice)
            let first = try await house.http.send("GET", Self.path, alice).json?["authenticationToken"]
            let given: JSONValue = ["authenticationToken": first ?? .null]
            let answers = try await withThrowingTaskGroup(of: HTTPClient.Answer.self) { group in
                for _ in 1...8 {
                    group.addTask {
                        try await house.http.send("POST", Self.path + "/refresh", alice, json: given)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let fresh = answers.filter { $0.status == 200 }
            #expect(fresh.count == 1)
            #expect(answers.count { $0.status == 400 } == 7)
            let value = fresh.first?.json?["authenticationToken"]?.text ?? ""
            #expect(try await house.verdict(value) == "active")
        }
    }

    @Test("A refresh makes a token good for as long again, an expired one too")
    func refreshesLifetimes() async throws {
        try await House.open { house in
            let ada = try await Self.headers(house, "ada")
            let path = Self.path + "/refresh"
            _ = try await house.http.send("POST", Self.path, ada)
            let token = try #require(try await house.live("alice", "entity:acme"))
            let end = WireTime(milliseconds: token.createdAt.milliseconds + 400)
            _ = try await house.http.send(
                "PATCH", Self.path, ada, json: ["expiry": .string(end.text), "flags": ["a"]])
            let old = try await house.value(token.id)
            try await eventually("the expiry") { try await house.verdict(old) == "expired" ? () : nil }
            #expect(try await house.http.send("POST", path, ada).status == 200)
            for _ in 1...2 {
                let fresh = try #require(try await house.live("alice", "entity:acme"))
                #expect(fresh.id == token.id)
                #expect(fresh.flags == ["a"])
                let lifetime = (fresh.expiresAt?.milliseconds ?? 0) - fresh.createdAt.milliseconds
                #expect(lifetime == 400)
                #expect(fresh.createdAt >= token.createdAt)
                #expect(try await house.http.send("POST", path, ada).status == 200)
            }
            // An expiry before the token was made is no lifetime to repeat.
            _ = try await house.http.send("PATCH", Self.path, ada, json: ["expiry": "2023-12-31T23:59:59Z"])
            let answer = try await house.http.send("POST", path, ada)
            #expect(answer.status == 200)
            #expect(try await house.verdict(answer.json?["authenticationToken"]?.text ?? "") == "active")
        }
    }
}
