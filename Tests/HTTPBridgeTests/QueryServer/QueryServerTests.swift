import AgentClient
import AgentProtocol
import Testing

extension BridgeSuites {
    @Suite(.serialized) struct QueryServerTests {
        static let path = "/_/user-token"
        static let paths = ["/_/user-token", "/_/user/token"]

        @Test(
            "A token is made by either spelling of the path, and the answer is 201 and empty",
            arguments: paths)
        func creates(path: String) async throws {
            try await House.open { house in
                let admin = try await house.bearer("ada")
                let answer = try await house.http.send(
                    "POST", path, admin, json: ["email": "alice@example.org"])
                #expect(answer.status == 201)
                #expect(answer.body.isEmpty)
                let token = try #require(try await house.live("alice", "query"))
                #expect(token.write)
                #expect(token.retrievable)
                #expect(token.expiresAt == nil)
            }
        }

        @Test("Who has a token keeps it when another is asked for")
        func keepsTheFirst() async throws {
            try await House.open { house in
                let admin = try await house.bearer("ada")
                let body: JSONValue = [
                    "email": "alice@example.org", "write": false, "expiration_date": .null,
                ]
                #expect(try await house.http.send("POST", Self.path, admin, json: body).status == 201)
                let first = try #require(try await house.live("alice", "query"))
                let value = try await house.value(first.id)
                let again = try await house.http.send(
                    "POST", Self.path, admin, json: ["email": "alice@example.org", "write": true])
                #expect(again.status == 201)
                #expect(again.body.isEmpty)
                let second = try #require(try await house.live("alice", "query"))
                #expect(second.id == first.id)
                #expect(!second.write)
                #expect(try await house.value(second.id) == value)
            }
        }

        @Test("What is wrong with a body is said in plain text, with 400")
        func refusesBadBodies() async throws {
            try await House.open { house in
                let admin = try await house.bearer("ada")
                func refusal(
                    _ method: String, _ body: String, _ path: String = Self.path
                ) async throws -> String {
                    let answer = try await house.http.send(method, path, admin, body: body)
                    #expect(answer.status == 400, "\(method) \(body)")
                    #expect(answer["Content-Type"]?.hasPrefix("text/plain") == true)
                    return answer.body
                }
                for method in ["POST", "PUT", "DELETE"] {
                    #expect(try await refusal(method, "") == "The body is empty")
                    #expect(try await refusal(method, "{").contains("JSON"))
                    #expect(try await refusal(method, "[]").contains("JSON"))
                    #expect(try await refusal(method, "{}").contains("email"))
                    #expect(try await refusal(method, #"{"email":1}"#).contains("email"))
                }
                for method in ["POST", "PUT"] {
                    let body = #"{"email":"alice@example.org","#
                    #expect(try await refusal(method, body + #""write":"yes"}"#).contains("write"))
                    #expect(
                        try await refusal(method, body + #""expiration_date":"x"}"#).contains(
                            "expiration_date"))
                    #expect(
                        try await refusal(method, body + #""expiration_date":1632960000}"#)
                            == "The expiration_date must be greater than current time")
                }
                let deep = String(repeating: "[", count: 5000)
                #expect(try await refusal("POST", #"{"email":"# + deep).contains("deep"))
                let post = try await refusal("POST", #"{"email":"nobody@example.org"}"#)
                #expect(post == "There user do not exists")
                // A login is no address.
                #expect(try await refusal("POST", #"{"email":"alice"}"#) == "There user do not exists")
                let delete = try await refusal("DELETE", #"{"email":"x@y"}"#)
                #expect(delete == "The email (x@y) don't exist")
                #expect(try await house.live("alice", "query") == nil)
            }
        }

        @Test("Only an administrator's live token is let in, and all others get 401 and no body")
        func wantsAnAdministrator() async throws {
            try await House.open { house in
                let user = try await house.bearer("alice")
                let dead = try await house.token("ada", audience: "dead")
                _ = try await house.agent.call(TokenRevoke(id: dead.metadata.id))
                let callers: [[String: String]] = [
                    [:], user, ["Authorization": "Bearer nonsense"], House.basic("ada"),
                    ["Authorization": "Bearer \(dead.token.exposed)"], ["Authorization": "Bearer "],
                ]
                for caller in callers {
                    for method in ["POST", "GET", "PUT", "DELETE"] {
                        let answer = try await house.http.send(
                            method, Self.path, caller, json: ["email": "bob@example.org"])
                        #expect(answer.status == 401)
                        #expect(answer.body.isEmpty)
                    }
                    let value = try await house.http.send("GET", Self.path + "/value?email=x@y", caller)
                    #expect(value.status == 401)
                }
            }
        }

        @Test("Other methods and paths are 404 before anybody is asked who they are")
        func knowsNoOthers() async throws {
            try await House.open { house in
                for (method, path) in [
                    ("PATCH", Self.path), ("PUT", Self.path + "/value"), ("GET", Self.path + "/other"),
                    ("POST", Self.path + "/value/more"), ("OPTIONS", Self.path), ("GET", "/_/user/token/x"),
                ] {
                    let answer = try await house.http.send(method, path)
                    #expect(answer.status == 404, "\(method) \(path)")
                    #expect(answer.body == "404 Not Found")
                }
                for path in ["/_/user-token/", "//_//user/token//", "/_/user-token/value/?email=a@b"] {
                    #expect(try await house.http.send("GET", path).status == 401, "\(path)")
                }
            }
        }
    }
}
