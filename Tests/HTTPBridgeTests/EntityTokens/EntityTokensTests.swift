import AgentClient
import AgentProtocol
import Testing

extension BridgeSuites {
    @Suite(.serialized) struct EntityTokensTests {
        static let path = "/entities/acme/users/alice/authentication-token"

        /// The three headers, for somebody who asks about entity `acme`.
        static func headers(_ house: House, _ login: String) async throws -> [String: String] {
            [
                "apikey": try await house.apiKey("acme"), "userid": login,
                "token": try await house.token(login, audience: "acting").token.exposed,
            ]
        }

        static func message(_ answer: HTTPClient.Answer) -> String {
            #expect(answer["Content-Type"] == "application/json")
            #expect(answer.json?["success"] == false)
            #expect(answer.json?.names == ["success", "message"])
            return answer.json?["message"]?.text ?? ""
        }

        @Test("A user makes, sees and deletes their token, under both prefixes", arguments: ["", "/api"])
        func livesAndDies(prefix: String) async throws {
            try await House.open { house in
                let headers = try await Self.headers(house, "alice")
                let path = prefix + Self.path
                let none = try await house.http.send("GET", path, headers)
                #expect(none.status == 404)
                #expect(Self.message(none) == "Token not found")
                let made = try await house.http.send("POST", path, headers)
                #expect(made.status == 201)
                #expect(made.json == ["success": true])
                let shown = try await house.http.send("GET", path, headers)
                #expect(shown.status == 200)
                #expect(shown["Cache-Control"] == "no-store")
                #expect(shown.json?.names == ["success", "authenticationToken"])
                #expect(shown.json?["success"] == true)
                let value = shown.json?["authenticationToken"]?.text ?? ""
                #expect(try await house.verdict(value) == "active")
                let again = try await house.http.send("POST", path, headers)
                #expect(again.status == 400)
                #expect(Self.message(again) == "Token already exists")
                #expect(try await house.http.send("GET", path, headers).body == shown.body)
                let deleted = try await house.http.send("DELETE", path, headers)
                #expect(deleted.status == 200)
                #expect(deleted.json == ["success": true])
                #expect(try await house.verdict(value) == "revoked")
                #expect(try await house.http.send("DELETE", path, headers).status == 404)
            }
        }

        @Test("An administrator does the same for any user; another user may not")
        func judgesRights() async throws {
            try await House.open { house in
                let key = try await house.apiKey("acme")
                func acting(_ login: String) async throws -> [String: String] {
                    let token = try await house.token(login, audience: "acting").token.exposed
                    return ["apikey": key, "userid": login, "token": token]
                }
                let (ada, bob) = (try await acting("ada"), try await acting("bob"))
                let made = try await house.http.send("POST", Self.path, ada)
                #expect(made.status == 201)
                #expect(try await house.live("alice", "entity:acme") != nil)
                for user in ["alice", "nobody"] {
                    let path = Self.path.replacing("alice", with: user)
                    let refused = try await house.http.send("GET", path, bob)
                    #expect(refused.status == 403)
                    _ = Self.message(refused)
                }
                let unknown = Self.path.replacing("alice", with: "nobody")
                let missing = try await house.http.send("GET", unknown, ada)
                #expect(missing.status == 404)
                #expect(Self.message(missing) == "User not found")
                let id = try #require(try await house.live("alice", "entity:acme")).owner.id
                let byID = try await house.http.send("GET", Self.path.replacing("alice", with: id), ada)
                #expect(byID.status == 200)
                let byMail = Self.path.replacing("alice", with: "alice%40example.org")
                #expect(try await house.http.send("GET", byMail, ada).body == byID.body)
            }
        }

        @Test("It is judged in order: headers, who it is, what they may, whether there is a token")
        func judgesInOrder() async throws {
            try await House.open { house in
                let good = try await Self.headers(house, "bob")
                let methods = ["GET", "POST", "DELETE", "PATCH"]
                let calls = ["", "/api"].flatMap { prefix in
                    methods.map { ($0, prefix + Self.path) } + [("POST", prefix + Self.path + "/refresh")]
                }
                for name in ["apikey", "userid", "token"] {
                    for (method, path) in calls {
                        var headers = good
                        headers[name] = nil
                        headers["X-Other"] = "1"
                        let answer = try await house.http.send(method, path, headers)
                        #expect(answer.status == 400)
                        #expect(Self.message(answer).contains(name))
                    }
                }
                let otherKey = try await house.apiKey("other")
                let userToken = try await house.token("bob", audience: "apikey:acme")
                let wrong = [
                    ["apikey": "nonsense"], ["apikey": otherKey], ["apikey": userToken.token.exposed],
                    ["userid": "alice"], ["token": "nonsense"], ["token": good["apikey"] ?? ""],
                ]
                for change in wrong {
                    let headers = good.merging(change) { $1 }
                    let answer = try await house.http.send("GET", Self.path, headers)
                    #expect(answer.status == 401, "\(change.keys)")
                    _ = Self.message(answer)
                }
                #expect(try await house.http.send("GET", Self.path, good).status == 403)
                let own = Self.path.replacing("alice", with: "bob")
                #expect(try await house.http.send("GET", own, good).status == 404)
            }
        }
    }
}
