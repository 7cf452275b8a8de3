import AgentClient
import AgentProtocol
import Testing

extension BridgeSuites {
    @Suite(.serialized) struct IntrospectionTests {
        @Test("A verifier learns what a live token is, with times in whole seconds")
        func introspects() async throws {
            try await House.open { house in
                let vera = try await house.bearer("vera")
                var order = TokenCreate(owner: .label("alice"))
                order.audience = "web"
                order.flags = ["a", "b"]
                order.expiresIn = 3600
                let token = try await house.agent.call(order)
                let answer = try await house.http.send(
                    "POST", "/introspect", vera, form: "token_type_hint=x&token=\(token.token.exposed)")
                #expect(answer.status == 200)
                #expect(answer["Content-Type"] == "application/json")
                #expect(answer["Cache-Control"] == "no-store")
                #expect(
                    answer.json == [
                        "active": true, "token_type": "Bearer", "scope": "a b", "username": "alice",
                        "sub": .string(token.metadata.owner.id), "aud": "web",
                        "jti": .string(token.metadata.id), "source": "corp", "write": true,
                        "email": "alice@example.org",
                        "exp": .integer((token.metadata.expiresAt?.milliseconds ?? 0) / 1000),
                        "iat": .integer(token.metadata.createdAt.milliseconds / 1000),
                    ])
                _ = try await house.agent.call(TokenRevoke(id: token.metadata.id))
                for text in [token.token.exposed, "nonsense"] {
                    let inactive = try await house.http.send(
                        "POST", "/introspect", vera, form: "token=\(text)")
                    #expect(inactive.status == 200)
                    #expect(inactive.body == #"{"active":false}"#)
                    #expect(inactive["Cache-Control"] == "no-store")
                }
            }
        }

        @Test("Who asks has to be authorised as a verifier")
        func wantsAVerifier() async throws {
            try await House.open { house in
                let form = "token=\(try await house.token("bob").token.exposed)"
                let none = try await house.http.send("POST", "/introspect", form: form)
                #expect(none.status == 401)
                #expect(none["WWW-Authenticate"] == #"Bearer realm="tokenagent""#)
                let bad = try await house.http.send(
                    "POST", "/introspect", ["Authorization": "Bearer x"], form: form)
                #expect(bad.status == 401)
                #expect(bad["WWW-Authenticate"]?.contains("invalid_token") == true)
                let user = try await house.http.send(
                    "POST", "/introspect", try await house.bearer("alice"), form: form)
                #expect(user.status == 403)
                #expect(user["WWW-Authenticate"]?.contains("insufficient_scope") == true)
                let admin = try await house.http.send(
                    "POST", "/introspect", try await house.bearer("ada"), form: form)
                #expect(admin.status == 200)
            }
        }

        @Test("A token comes in a form, exactly once, and never in a query string")
        func wantsAForm() async throws {
            try await House.open { house in
                let vera = try await house.bearer("vera")
                for path in ["/introspect", "/revoke"] {
                    for form in ["", "token=", "other=1", "token=a&token=b", "token=%zz"] {
                        let answer = try await house.http.send("POST", path, vera, form: form)
                        #expect(answer.status == 400, "\(path) \(form)")
                        #expect(answer["Content-Type"] == "application/problem+json")
                    }
                    let query = try await house.http.send("POST", path + "?token=x", vera, form: "token=x")
                    #expect(query.status == 400)
                    let json = try await house.http.send("POST", path, vera, json: ["token": "x"])
                    #expect(json.status == 415)
                    let method = try await house.http.send("GET", path, vera)
                    #expect(method.status == 405)
                    #expect(method["Allow"] == "POST, OPTIONS")
                }
            }
        }

        @Test("A token is revoked by whoever holds it; unknown ones are answered alike")
        func revokes() async throws {
            try await House.open { house in
                let token = try await house.token("alice").token.exposed
                for _ in 1...2 {
                    let answer = try await house.http.send("POST", "/revoke", form: "token=\(token)")
                    #expect(answer.status == 200)
                    #expect(answer.body.isEmpty)
                }
                #expect(try await house.verdict(token) == "revoked")
                for text in ["nonsense", String(repeating: "x", count: 4000)] {
                    let answer = try await house.http.send("POST", "/revoke", form: "token=\(text)")
                    #expect(answer.status == 200)
                }
                let stranger = try await house.http.send(
                    "POST", "/revoke", ["Authorization": "Bearer x"], form: "token=x")
                #expect(stranger.status == 401)
            }
        }

        @Test("Whoever holds a token ends it, also one that only reads, is suspended or is a service's")
        func revokesWhateverIsHeld() async throws {
            try await House.open { house in
                let reading = try await house.token("alice", write: false).token.exposed
                let suspended = try await house.token("bob").token.exposed
                let key = try await house.apiKey("acme")
                try await house.disable("bob")
                #expect(try await house.verdict(suspended) == "suspended")
                for token in [reading, suspended, key] {
                    let answer = try await house.http.send("POST", "/revoke", form: "token=\(token)")
                    #expect(answer.status == 200)
                    #expect(try await house.verdict(token) == "revoked")
                }
            }
        }

        @Test("A wrong secret ends nothing")
        func revokesByTheSecretAlone() async throws {
            try await House.open { house in
                let (first, second) = (try await house.token("alice"), try await house.token("bob"))
                // Well formed, checksum and all: the other token's secret under this one's id is not.
                let mixed = "tka_\(first.userCode)_\(second.passCode.exposed)"
                for text in [mixed, first.userCode, "tka_\(first.userCode)_"] {
                    let answer = try await house.http.send("POST", "/revoke", form: "token=\(text)")
                    #expect(answer.status == 200)
                }
                #expect(try await house.verdict(first.token.exposed) == "active")
            }
        }
    }
}
