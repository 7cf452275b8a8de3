import AgentClient
import AgentProtocol
import Testing

extension BridgeSuites.IQServerTests {
    @Test("What administrators do is 403 for other users, and 401 for strangers")
    func wantsAnAdministrator() async throws {
        try await House.open { house in
            let config = "/api/v2/config/userTokens"
            let calls = [
                ("GET", Self.path), ("GET", Self.path + "/alice"),
                ("DELETE", Self.path + "/userCode/NFWIevo8"),
                ("DELETE", Self.path + "/purge"), ("GET", config), ("PUT", config),
                ("DELETE", config + "?property=userTokenDefaultExpirationDays"),
            ]
            for (method, path) in calls {
                let user = try await house.http.send(method, path, House.basic("alice"))
                #expect(user.status == 403, "\(method) \(path)")
                #expect(user["Content-Type"]?.hasPrefix("text/plain") == true)
                #expect(try await house.http.send(method, path).status == 401)
            }
        }
    }

    @Test("Codes grant exactly what their user may do")
    func grantsByCodes() async throws {
        try await House.open { house in
            for (login, status) in [("ada", 200), ("alice", 403)] {
                let made = try await house.http.send("POST", Self.own, House.basic(login)).json
                let codes = House.basic(made?["userCode"]?.text ?? "", made?["passCode"]?.text ?? "")
                let config = "/api/v2/config/userTokens"
                for path in [Self.path, Self.path + "/\(login)", config] {
                    #expect(try await house.http.send("GET", path, codes).status == status, "\(path)")
                }
                let days: JSONValue = ["userTokenDefaultExpirationDays": 30]
                #expect(try await house.http.send("PUT", config, codes, json: days).status == status)
                let own = try await house.http.send("GET", Self.own + "/createTime", codes)
                #expect(own.status == 200)
            }
        }
    }

    @Test("The list is a bare array that never has a pass code, and takes dates and a realm")
    func lists() async throws {
        try await House.open { house in
            _ = try await house.token("carol", audience: "other")
            for login in ["alice", "bob"] {
                _ = try await house.http.send("POST", Self.own, House.basic(login))
            }
            let today = try #require(try await house.live("alice", "iq")).createdAt.text.prefix(10)
            func list(_ query: String) async throws -> [String] {
                let answer = try await house.http.send("GET", Self.path + query, House.basic("ada"))
                #expect(answer.status == 200, "\(query)")
                #expect(!answer.body.contains("passCode"))
                let items = answer.json?.items ?? []
                #expect(items.allSatisfy { $0.names == ["userCode", "username", "realm", "createTime"] })
                return items.compactMap { $0["username"]?.text }.sorted()
            }
            let both = ["alice", "bob"]
            #expect(try await list("") == both)
            #expect(try await list("?realm=corp") == both)
            #expect(try await list("?realm=Internal") == [])
            #expect(try await list("?createdAfter=\(today)") == both)
            #expect(try await list("?createdAfter=9999-01-01") == [])
            #expect(try await list("?createdBefore=\(today)") == [])
            #expect(try await list("?createdBefore=9999-01-01") == both)
            #expect(try await list("?createdAfter=2019-01-01&createdBefore=9999-01-01&realm=corp") == both)
            #expect(try await list("?createdAfter=\(today)&createdBefore=\(today)") == [])
            #expect(try await list("?createdAfter=9999-01-01&createdBefore=2019-01-01") == [])
            #expect(try await list("?createdBefore=9999-01-01?realm=Internal") == [])
            #expect(try await list("?createdBefore=9999-01-01?realm=corp") == both)
            for query in [
                "?createdAfter=yesterday", "?createdBefore=2019-02-30", "?createdAfter=", "?realm=%zz",
            ] {
                let answer = try await house.http.send("GET", Self.path + query, House.basic("ada"))
                #expect(answer.status == 400, "\(query)")
            }
        }
    }

    @Test("One user's token is found by name, decoded after splitting, and by realm")
    func shows() async throws {
        let odd = House.person("o/brien, jr").replacing("uid=o/brien, jr", with: #"uid=o/brien\, jr"#)
        try await House.open(.init(people: [odd])) { house in
            for login in ["alice", "o/brien, jr"] {
                let made = try await house.http.send(
                    "POST", Self.own, House.basic(login, House.password(login)))
                #expect(made.status == 200)
            }
            func show(_ path: String) async throws -> HTTPClient.Answer {
                try await house.http.send("GET", Self.path + path, House.basic("ada"))
            }
            let alice = try await show("/alice")
            #expect(alice.status == 200)
            #expect(alice.json?["username"] == "alice")
            #expect(alice.json?["passCode"] == nil)
            #expect(try await show("/ALICE?realm=corp").status == 200)
            #expect(try await show("/alice?realm=Internal").status == 404)
            #expect(try await show("/bob").status == 404)
            #expect(try await show("/nobody").status == 404)
            #expect(try await show("/o%2Fbrien,%20jr").json?["username"] == "o/brien, jr")
            // Words of the API are no names.
            for word in ["purge", "currentUser"] {
                let answer = try await show("/\(word)")
                #expect(answer.status == 405)
                #expect(answer["Allow"]?.contains("DELETE") == true)
            }
        }
    }

    @Test("A token is deleted by its user code, once")
    func deletesByCode() async throws {
        try await House.open { house in
            let made = try await house.http.send("POST", Self.own, House.basic("alice")).json
            let other = try await house.token("alice", audience: "other")
            let code = made?["userCode"]?.text ?? ""
            func delete(_ code: String) async throws -> Int {
                try await house.http.send("DELETE", Self.path + "/userCode/\(code)", House.basic("ada"))
                    .status
            }
            #expect(try await delete(code) == 204)
            #expect(try await delete(code) == 404)
            #expect(try await delete("NFWIevo8") == 404)
            #expect(try await delete("x") == 404)
            #expect(try await delete(other.metadata.id) == 404)
            #expect(try await house.verdict(other.token.exposed) == "active")
        }
    }

    @Test("A purge deletes the tokens of those who are gone, and no others")
    func purges() async throws {
        try await House.open { house in
            for login in ["alice", "bob"] {
                _ = try await house.http.send("POST", Self.own, House.basic(login))
            }
            let bob = try #require(try await house.live("bob", "iq"))
            try await house.remove("bob")
            for _ in 1...2 {
                let answer = try await house.http.send("DELETE", Self.path + "/purge", House.basic("ada"))
                #expect(answer.status == 204)
                #expect(answer.body.isEmpty)
            }
            #expect(try await house.agent.call(TokenShow(id: bob.id)).state == .purged)
            #expect(try await house.live("alice", "iq")?.state == .active)
        }
    }

    @Test("A purge is refused while the safety guard holds a plan, which the answer names")
    func purgesNothingThatIsHeld() async throws {
        try await House.open(.init(removals: "removals_max: 0, removals_percent_max: 0")) { house in
            for login in ["alice", "bob"] {
                _ = try await house.http.send("POST", Self.own, House.basic(login))
            }
            try await house.remove("bob")
            let sources = try await house.agent.call(DirectoryStatus()).sources
            let plan = try #require(sources.first?.held?.plan)
            let answer = try await house.http.send("DELETE", Self.path + "/purge", House.basic("ada"))
            #expect(answer.status == 409)
            #expect(answer.body.contains(plan))
            #expect(try await house.live("bob", "iq") != nil)
        }
    }

    @Test("The default expiry is set, shown, applied to new tokens, and forgotten")
    func configures() async throws {
        try await House.open { house in
            let path = "/api/v2/config/userTokens"
            let ada = House.basic("ada")
            #expect(try await house.http.send("GET", path, ada).json == [:])
            let set: JSONValue = ["userTokenDefaultExpirationDays": 30]
            let put = try await house.http.send("PUT", path, ada, json: set)
            #expect(put.status == 200)
            #expect(put.json == set)
            #expect(try await house.http.send("GET", path, ada).json == set)
            let made = try await house.http.send("POST", Self.own, House.basic("alice")).json
            let token = try #require(try await house.live("alice", "iq"))
            let end = try #require(token.expiresAt)
            #expect(end.milliseconds - token.createdAt.milliseconds == 30 * 86_400_000)
            #expect(made?["expirationDate"] == .string(end.text))
            for body in [
                "{}", "", "[]", #"{"userTokenDefaultExpirationDays":0}"#, "x",
                #"{"userTokenDefaultExpirationDays":"7"}"#, #"{"userTokenDefaultExpirationDays":1.5}"#,
            ] {
                #expect(try await house.http.send("PUT", path, ada, body: body).status == 400, "\(body)")
            }
            for query in ["", "?property=other"] {
                #expect(try await house.http.send("DELETE", path + query, ada).status == 400)
            }
            let query = "?property=userTokenDefaultExpirationDays"
            let deleted = try await house.http.send("DELETE", path + query, ada)
            #expect(deleted.status == 200)
            #expect(deleted.json == [:])
            // A token that only reads changes nothing here, either.
            let reading = try await house.token("ada", audience: "reading", write: false)
            let codes = House.basic(reading.userCode, reading.passCode.exposed)
            #expect(try await house.http.send("GET", path, codes).status == 200)
            #expect(try await house.http.send("PUT", path, codes, json: set).status == 403)
        }
    }

    @Test("Without a place to keep settings, setting one is refused, and nothing else")
    func keepsNothingWithoutAPlace() async throws {
        try await House.open(.init(iqState: false)) { house in
            let path = "/api/v2/config/userTokens"
            let set: JSONValue = ["userTokenDefaultExpirationDays": 30]
            let put = try await house.http.send("PUT", path, House.basic("ada"), json: set)
            #expect(put.status == 503)
            #expect(try await house.http.send("GET", path, House.basic("ada")).json == [:])
            #expect(try await house.http.send("POST", Self.own, House.basic("alice")).status == 200)
        }
    }
}
