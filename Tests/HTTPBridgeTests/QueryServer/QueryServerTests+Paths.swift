import AgentClient
import AgentProtocol
import Testing

extension BridgeSuites.QueryServerTests {
    @Test("All six calls are served under both spellings of the path, which mean the same tokens")
    func servesBothSpellings() async throws {
        try await House.open { house in
            let admin = try await house.bearer("ada")
            for (path, other) in [(Self.paths[0], Self.paths[1]), (Self.paths[1], Self.paths[0])] {
                let mail: JSONValue = ["email": "alice@example.org"]
                func values(_ path: String) async throws -> [String] {
                    let answer = try await house.http.send(
                        "GET", path + "/value?email=alice@example.org", admin)
                    return answer.json?["data"]?.items.compactMap { $0["token"]?.text } ?? []
                }
                let made = try await house.http.send("POST", path, admin, json: mail)
                #expect((made.status, made.body) == (201, ""))
                let listed = try await house.http.send("GET", other, admin).json?["data"]?.items ?? []
                let first = try await values(path)
                #expect(first.count == 1)
                #expect(listed.compactMap { $0["token"]?.text } == first)
                let put = try await house.http.send("PUT", path, admin, json: mail)
                #expect((put.status, put.body) == (200, ""))
                let second = try await values(other)
                #expect(second.count == 1)
                #expect(second != first)
                let own: JSONValue = ["email": "alice@example.org", "password": "alice secret"]
                let shown = try await house.http.send("POST", path + "/value", json: own)
                #expect(shown.json == ["data": [["token": .string(second.first ?? "")]]])
                let gone = try await house.http.send("DELETE", path, admin, json: mail)
                #expect((gone.status, gone.body) == (200, ""))
                #expect(try await values(other) == [])
            }
        }
    }

    @Test("Unknown members are read over, and null is as good as absent")
    func readsOverMembers() async throws {
        try await House.open { house in
            let admin = try await house.bearer("ada")
            let order: JSONValue = [
                "email": "alice@example.org", "write": .null, "expiration_date": .null,
                "colour": ["red": [1, 2]],
            ]
            #expect(try await house.http.send("POST", Self.path, admin, json: order).status == 201)
            #expect(try await house.live("alice", "query")?.write == true)
            #expect(try await house.http.send("PUT", Self.path, admin, json: order).status == 200)
            #expect(try await house.live("alice", "query")?.write == false)
            #expect(try await house.http.send("DELETE", Self.path, admin, json: order).status == 200)
            let own: JSONValue = ["email": "bob@example.org", "password": "bob secret", "remember": true]
            #expect(try await house.http.send("POST", Self.path + "/value", json: own).status == 200)
        }
    }

    @Test("An administrator's token that only reads changes nothing and shows no value, with 401")
    func wantsATokenThatWrites() async throws {
        try await House.open { house in
            let mail: JSONValue = ["email": "alice@example.org"]
            let admin = try await house.bearer("ada")
            #expect(try await house.http.send("POST", Self.path, admin, json: mail).status == 201)
            let before = try #require(try await house.live("alice", "query"))
            let reading = try await house.bearer("ada", write: false)
            // Also where there is nothing to change or to show.
            let others: [(method: String, email: String)] = [
                ("POST", "alice"), ("POST", "nobody"), ("PUT", "bob"), ("DELETE", "bob"),
            ]
            for (method, login) in others {
                let body: JSONValue = ["email": .string("\(login)@example.org")]
                let answer = try await house.http.send(method, Self.path, reading, json: body)
                #expect((answer.status, answer.body) == (401, ""), "\(method) \(login)")
            }
            for (method, path) in [
                ("POST", Self.path), ("GET", Self.path), ("PUT", Self.path), ("DELETE", Self.path),
                ("GET", Self.path + "/value?email=alice@example.org"),
            ] {
                let body: JSONValue = method == "POST" ? ["email": "bob@example.org"] : mail
                let answer = try await house.http.send(method, path, reading, json: body)
                #expect((answer.status, answer.body) == (401, ""), "\(method) \(path)")
            }
            #expect(try await house.live("alice", "query") == before)
            #expect(try await house.live("bob", "query") == nil)
        }
    }
}
