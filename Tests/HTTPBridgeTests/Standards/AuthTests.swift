import AgentClient
import AgentProtocol
import Testing

extension BridgeSuites {
    @Suite(.serialized) struct AuthTests {
        @Test("A live token passes by any method and on any path, and its facts go along")
        func passes() async throws {
            try await House.open { house in
                let token = try await house.token("alice", flags: ["deploy", "a,b"])
                let bearer = ["Authorization": "Bearer \(token.token.exposed)"]
                let codes = House.basic(token.userCode, token.passCode.exposed)
                for (method, path) in [
                    ("GET", "/auth"), ("POST", "/auth"), ("HEAD", "/auth"), ("OPTIONS", "/auth/any/path"),
                    ("DELETE", "/auth/%2e%2e/x?audience=other&flag=x&write=maybe"), ("PROPFIND", "/auth"),
                    ("GET", "/auth/%c3%28/%zz"), ("GET", "/auth/" + String(repeating: "x", count: 9000)),
                ] {
                    for headers in [bearer, codes] {
                        let answer = try await house.http.send(method, path, headers)
                        #expect(answer.status == 200, "\(method) \(path)")
                        #expect(answer["X-Auth-User"] == "alice")
                        #expect(answer["X-Auth-Source"] == "corp")
                        #expect(answer["X-Auth-Owner-Id"] == token.metadata.owner.id)
                        #expect(answer["X-Auth-Email"] == "alice@example.org")
                        #expect(answer["X-Auth-Flags"] == "deploy,a%2Cb")
                        #expect(answer["X-Auth-Token-Id"] == token.metadata.id)
                        #expect(answer["Cache-Control"] == "no-store")
                        #expect(answer.body.isEmpty)
                    }
                }
            }
        }

        @Test("Without a live token it is 401: with no error code for none, and invalid_token for a bad one")
        func refuses() async throws {
            try await House.open { house in
                let dead = try await house.token("alice")
                _ = try await house.agent.call(TokenRevoke(id: dead.metadata.id))
                let none = try await house.http.send("GET", "/auth")
                #expect(none.status == 401)
                #expect(none["WWW-Authenticate"] == #"Bearer realm="tokenagent""#)
                #expect(none["Content-Type"] == "application/problem+json")
                let bad: [[String: String]] = [
                    ["Authorization": "Bearer \(dead.token.exposed)"], ["Authorization": "Bearer x"],
                    ["Authorization": "Bearer"], ["Authorization": "Digest x"], House.basic("alice"),
                    ["Authorization": "Bearer " + String(repeating: "x", count: 5000)],
                ]
                for headers in bad {
                    let answer = try await house.http.send("GET", "/auth", headers)
                    #expect(answer.status == 401)
                    #expect(
                        answer["WWW-Authenticate"] == #"Bearer realm="tokenagent", error="invalid_token""#)
                    #expect(answer.json?["status"] == 401)
                }
            }
        }

        @Test("What the proxy demands by the query of /auth has to hold, all of it")
        func demands() async throws {
            try await House.open { house in
                let token = try await house.token("alice", audience: "web", write: false, flags: ["a", "b"])
                let bearer = ["Authorization": "Bearer \(token.token.exposed)"]
                for query in ["audience=web", "flag=a&flag=b&audience=web", "write=false", ""] {
                    let answer = try await house.http.send("GET", "/auth?\(query)", bearer)
                    #expect(answer.status == 200, "\(query)")
                }
                for query in [
                    "audience=x", "audience=web&audience=x", "flag=c", "write=true", "write=yes", "flag=%zz",
                    // Misspelt.
                    "audiences=web", "Audience=web", "audience=web&flags=a", "scope=a", "other=1",
                ] {
                    let answer = try await house.http.send("GET", "/auth?\(query)", bearer)
                    #expect(answer.status == 403, "\(query)")
                    #expect(
                        answer["WWW-Authenticate"] == nil
                            || answer["WWW-Authenticate"]?.contains("insufficient_scope") == true)
                }
            }
        }

        @Test(
            "A slash too many takes nothing from what is demanded",
            arguments: ["/auth/", "//auth", "//auth//", "/%61uth"])
        func demandsDespiteSlashes(path: String) async throws {
            try await House.open { house in
                let token = try await house.token("alice", audience: "web")
                let bearer = ["Authorization": "Bearer \(token.token.exposed)"]
                #expect(try await house.http.send("GET", "\(path)?audience=web", bearer).status == 200)
                #expect(try await house.http.send("GET", "\(path)?audience=other", bearer).status == 403)
                #expect(try await house.http.send("GET", "\(path)?page=2", bearer).status == 200)
                // Below it the query is the client's.
                #expect(try await house.http.send("GET", "\(path)/x?audience=other", bearer).status == 200)
            }
        }

        @Test("Native endpoints say what is wrong as problem details, whatever it is")
        func explainsProblems() async throws {
            try await House.open { house in
                let (ada, alice) = (try await house.bearer("ada"), try await house.bearer("alice"))
                let long = "token=" + String(repeating: "x", count: 20_000)
                let answers = [
                    (400, try await house.http.send("POST", "/introspect", ada, form: "token=")),
                    (401, try await house.http.send("GET", "/auth")),
                    (403, try await house.http.send("POST", "/introspect", alice, form: "token=x")),
                    (404, try await house.http.send("GET", "/healthz/more")),
                    (405, try await house.http.send("DELETE", "/metrics")),
                    (413, try await house.http.send("POST", "/revoke", form: long)),
                    (415, try await house.http.send("POST", "/revoke", json: ["token": "x"])),
                ]
                house.daemon.end()
                let away = try await house.http.send("POST", "/introspect", ada, form: "token=x")
                #expect(away["Retry-After"] == "1")
                for (status, answer) in answers + [(503, away)] {
                    #expect(answer.status == status)
                    #expect(answer["Content-Type"] == "application/problem+json")
                    // RFC 9457 section 3.1.
                    #expect(answer.json?["status"] == .integer(Int64(status)))
                    #expect(answer.json?["type"] == "about:blank")
                    #expect(answer.json?["title"]?.text?.isEmpty == false)
                }
            }
        }

        @Test("While nobody can judge, nobody passes")
        func failsClosed() async throws {
            try await House.open { house in
                let bearer = try await house.bearer("alice")
                house.daemon.end()
                let answer = try await house.http.send("GET", "/auth", bearer)
                #expect(answer.status == 403)
                #expect(answer["Content-Type"] == "application/problem+json")
            }
        }
    }
}
