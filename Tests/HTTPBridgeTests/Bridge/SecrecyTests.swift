import AgentClient
import AgentProtocol
import Testing

@testable import RealServers

extension BridgeSuites {
    /// What must not go out, nor be kept on the way.
    @Suite(.serialized) struct SecrecyTests {
        private static let entity = "/entities/acme/users/alice/authentication-token"

        @Test("No API shows the secret of another one's tokens, were they retrievable")
        func keepsAudiencesApart() async throws {
            try await House.open { house in
                let admin = try await house.bearer("ada")
                var secrets: [String: CreatedToken] = [:]
                for audience in ["query", "iq", "entity:acme", "entity:other", "default"] {
                    secrets[audience] = try await house.token("alice", audience: audience, retrievable: true)
                }
                let headers = try await EntityTokensTests.headers(house, "ada")
                let query = [
                    try await house.http.send("GET", "/_/user-token", admin),
                    try await house.http.send("GET", "/_/user-token/value?email=alice@example.org", admin),
                    try await house.http.send(
                        "POST", "/_/user-token/value",
                        json: ["email": "alice@example.org", "password": "alice secret"]),
                ]
                let iq = [
                    try await house.http.send("GET", "/api/v2/userTokens", House.basic("ada")),
                    try await house.http.send("GET", "/api/v2/userTokens/alice", House.basic("ada")),
                    try await house.http.send(
                        "POST", "/api/v2/userTokens/currentUser", House.basic("alice")),
                ]
                let entity = [try await house.http.send("GET", Self.entity, headers)]
                for (answers, own) in [(query, "query"), (iq, ""), (entity, "entity:acme")] {
                    for answer in answers {
                        #expect([200, 409].contains(answer.status))
                        for (audience, token) in secrets {
                            let shows = answer.body.contains(token.passCode.exposed)
                            #expect(shows == (audience == own), "\(audience) by \(own)")
                        }
                    }
                }
            }
        }

        @Test(
            "A token in a query string counts for nothing, is refused where one is wanted, and is not logged")
        func takesNoneFromQueries() async throws {
            try await House.open { house in
                let (ada, vera) = (try await house.token("ada"), try await house.bearer("vera"))
                let (token, key) = (ada.token.exposed, try await house.apiKey("acme"))
                let asked = [
                    ("GET", "/auth?access_token=\(token)", 401), ("GET", "/auth?token=\(token)", 401),
                    ("POST", "/auth/below?access_token=\(token)", 401),
                    ("GET", "/_/user-token?access_token=\(token)", 401),
                    ("GET", "/_/user-token/value?email=a@b&token=\(token)", 401),
                    (
                        "GET", "/api/v2/userTokens?userCode=\(ada.userCode)&passCode=\(ada.passCode.exposed)",
                        401
                    ),
                    ("GET", Self.entity + "?apikey=\(key)&userid=ada&token=\(token)", 400),
                    ("GET", "/introspect?token=\(token)", 405), ("GET", "/revoke?token=\(token)", 405),
                    ("GET", "/nothing?token=\(token)", 404),
                ]
                for (method, path, status) in asked {
                    let answer = try await house.http.send(method, path)
                    #expect(answer.status == status, "\(path.prefix(30))")
                    #expect(!answer.body.contains(ada.passCode.exposed))
                }
                for name in ["token", "access_token"] {
                    for path in ["/introspect", "/revoke"] {
                        let answer = try await house.http.send(
                            "POST", path + "?\(name)=\(token)", vera, form: "token=\(token)")
                        #expect(answer.status == 400)
                        #expect(answer["Content-Type"] == "application/problem+json")
                    }
                }
                #expect(try await house.verdict(token) == "active")
                for text in house.logs.all + [house.daemon.log] {
                    #expect(!text.contains(ada.passCode.exposed))
                    #expect(!text.contains(key))
                }
            }
        }

        @Test("Whatever tells of a token or of who holds it is not to be stored, refusals and failures too")
        func isNotStored() async throws {
            try await House.open { house in
                let (ada, alice) = (try await house.bearer("ada"), try await house.bearer("alice"))
                let headers = try await EntityTokensTests.headers(house, "alice")
                let iq = "/api/v2/userTokens"
                let mail: JSONValue = ["email": "alice@example.org"]
                var answers = [
                    try await house.http.send("POST", "/_/user-token", ada, json: mail),
                    try await house.http.send("POST", "/_/user-token", ada, json: [:]),
                    try await house.http.send("GET", "/_/user-token", alice),
                    try await house.http.send("GET", "/_/user-token/value?email=alice@example.org", ada),
                    try await house.http.send("POST", iq + "/currentUser", House.basic("alice")),
                    try await house.http.send("POST", iq + "/currentUser", House.basic("alice")),
                    try await house.http.send("GET", iq + "/currentUser/hasToken", House.basic("alice")),
                    try await house.http.send("GET", iq, House.basic("alice")),
                    try await house.http.send("GET", iq, House.basic("ada", "wrong")),
                    try await house.http.send("GET", Self.entity, headers),
                    try await house.http.send("POST", Self.entity, headers),
                    try await house.http.send("GET", Self.entity, ["apikey": "x"]),
                    try await house.http.send("GET", "/auth", alice),
                    try await house.http.send("GET", "/auth"),
                    try await house.http.send("GET", "/auth", ["Authorization": "Bearer x"]),
                    try await house.http.send("GET", "/auth?audience=other", alice),
                    try await house.http.send("POST", "/introspect", ada, form: "token=x"),
                    try await house.http.send("POST", "/introspect", ada, form: ""),
                    try await house.http.send("POST", "/introspect", alice, form: "token=x"),
                    try await house.http.send("POST", "/introspect", form: "token=x"),
                    try await house.http.send("POST", "/revoke", form: "token=x"),
                ]
                house.daemon.end()
                for path in ["/auth", "/_/user-token", iq] {
                    answers.append(try await house.http.send("GET", path, ada))
                }
                let statuses = Set(answers.map(\.status))
                #expect(statuses.isSuperset(of: [200, 201, 400, 401, 403, 404, 409, 500]))
                for (number, answer) in answers.enumerated() {
                    #expect(answer["Cache-Control"] == "no-store", "\(number): \(answer.status)")
                }
            }
        }
    }
}
