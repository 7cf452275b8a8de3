import AgentClient
import AgentProtocol
import Foundation
import Testing

@testable import HTTPBridge
@testable import RealServers

extension BridgeSuites {
    @Suite(.serialized) struct HygieneTests {
        @Test("A body that is too long is refused, by its length or when it is")
        func limitsBodies() async throws {
            try await House.open { house in
                let long = String(repeating: "x", count: BridgeLimits.bodyBytesMax + 1)
                let admin = try await house.bearer("ada")
                for (method, path) in [
                    ("POST", "/_/user-token"), ("PUT", "/api/v2/config/userTokens"), ("POST", "/introspect"),
                    ("PATCH", "/entities/a/users/b/authentication-token"),
                ] {
                    #expect(try await house.http.send(method, path, admin, body: long).status == 413)
                }
                let size = String(long.utf8.count, radix: 16)
                let chunked = try await house.http.raw(
                    "POST /revoke HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n"
                        + "\(size)\r\n\(long)\r\n0\r\n\r\n")
                #expect(chunked.status == 413)
            }
        }

        @Test("Who asks whether the body may come is told so, unless it may not")
        func saysContinue() async throws {
            try await House.open { house in
                let admin = try await house.bearer("ada")
                let head =
                    "POST /_/user-token HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "Authorization: \(admin["Authorization"] ?? "")\r\nExpect: 100-continue\r\n"
                let body = #"{"email":"alice@example.org"}"#
                let answer = try await house.http.exchange(
                    head + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
                #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 "), "\(answer)")
                let long = try await house.http.exchange(head + "Content-Length: 1000000\r\n\r\n")
                #expect(long.hasPrefix("HTTP/1.1 413 "), "\(long)")
            }
        }

        @Test("What comes behind an answer that was the last is not carried out")
        func endsWithTheLast() async throws {
            try await House.open { house in
                let admin = try await house.bearer("ada")
                let mail: JSONValue = ["email": "alice@example.org"]
                #expect(try await house.http.send("POST", "/_/user-token", admin, json: mail).status == 201)
                let fields = "Host: x\r\nAuthorization: \(admin["Authorization"] ?? "")\r\n"
                let body = #"{"email":"alice@example.org"}"#
                let second =
                    "DELETE /_/user-token HTTP/1.1\r\n\(fields)"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
                let unasked = "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nxx"
                let answer = try await house.http.exchange(unasked + second)
                #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(answer)")
                #expect(answer.contains("\r\nConnection: close\r\n"))
                #expect(try await house.live("alice", "query") != nil)
                // A client that ends a connection itself is told so, and one that does not goes on.
                let asked = "GET /healthz HTTP/1.1\r\nHost: x\r\n"
                let last = try await house.http.exchange(asked + "\r\n" + asked + "Connection: close\r\n\r\n")
                #expect(last.components(separatedBy: "HTTP/1.1 200 ").count == 3, "\(last)")
                #expect(last.components(separatedBy: "\r\nConnection: close\r\n").count == 2, "\(last)")
            }
        }

        @Test("A body that is no HTTP is not understood, which is not for want of time")
        func refusesBrokenBodies() async throws {
            try await House.open { house in
                let admin = try await house.bearer("ada")
                let answer = try await house.http.raw(
                    "POST /_/user-token HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + "Authorization: \(admin["Authorization"] ?? "")\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")
                #expect(answer.status == 400)
            }
        }

        @Test("Headers that are too long or too many are refused, and so is what is no HTTP")
        func limitsHeads() async throws {
            try await House.open { (house) async throws in
                let long = ["X-Long": String(repeating: "x", count: BridgeLimits.headerBytesMax)]
                #expect([400, 431].contains(try await house.http.send("GET", "/auth", long).status))
                var many: [String: String] = [:]
                for number in 0...BridgeLimits.headerFieldsMax { many["X-\(number)"] = "x" }
                #expect([400, 431].contains(try await house.http.send("GET", "/auth", many).status))
                #expect(try await house.http.raw("nonsense\r\n\r\n").status == 400)
                let path = "/auth/" + String(repeating: "x", count: 1 << 20)
                #expect(try await house.http.send("GET", path).status == 400)
                #expect(try await house.http.send("GET", "/%zz").status == 404)
            }
        }

        @Test("HEAD is GET without its body, and OPTIONS names the methods")
        func answersOtherMethods() async throws {
            try await House.open { house in
                let get = try await house.http.send("GET", "/healthz")
                let head = try await house.http.send("HEAD", "/healthz")
                #expect(head.status == 200)
                #expect(head.body.isEmpty)
                #expect(head["Content-Length"] == get["Content-Length"])
                let native = try await house.http.send("OPTIONS", "/healthz")
                #expect(native.status == 204)
                #expect(native["Allow"] == "GET, HEAD, OPTIONS")
                let iq = try await house.http.send("OPTIONS", "/api/v2/userTokens/currentUser")
                #expect(iq["Allow"] == "POST, DELETE, OPTIONS")
                let entity = try await house.http.send("PUT", "/entities/a/users/b/authentication-token")
                #expect(entity.status == 405)
                #expect(entity.json?["success"] == false)
                let nothing = try await house.http.send("GET", "/nothing")
                #expect(nothing.status == 404)
                #expect(nothing["Content-Type"] == "application/problem+json")
                for answer in [get, native, iq, entity, nothing] {
                    #expect(answer["Cache-Control"] == "no-store")
                    #expect(answer["X-Content-Type-Options"] == "nosniff")
                }
            }
        }

        @Test("After a connection's last request nothing more of it is answered")
        func endsConnections() async throws {
            try await House.open { house in
                let next = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                for (head, answers) in [
                    ("GET /healthz HTTP/1.0\r\n\r\n", 1),
                    ("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 2),
                    ("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 2),
                    ("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: TE, Close\r\n\r\n", 1),
                ] {
                    let answer = try await house.http.exchange(head + next)
                    #expect(answer.components(separatedBy: "HTTP/1.1 ").count == answers + 1, "\(head)")
                }
            }
        }

        @Test("Who asks in HTTP/1.0 for a connection that goes on is told that it does, and hears no 100")
        func keepsOldConnections() async throws {
            try await House.open { house in
                let last = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                for version in ["1.0", "1.1"] {
                    let head = "GET /healthz HTTP/\(version)\r\nHost: x\r\nConnection: Keep-Alive\r\n\r\n"
                    let answer = try await house.http.exchange(head + last)
                    let told = answer.components(separatedBy: "\r\nConnection: keep-alive\r\n").count - 1
                    #expect(told == (version == "1.0" ? 1 : 0), "\(answer)")
                    #expect(answer.components(separatedBy: "\r\nConnection: close\r\n").count == 2)
                }
                let old = try await house.http.exchange(
                    "POST /revoke HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 7\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\n\r\ntoken=x")
                #expect(old.hasPrefix("HTTP/1.1 200 "), "\(old)")
            }
        }

        @Test("Where HTTP/1.0 has a body in chunks, which it does not know, nothing behind it is carried out")
        func distrustsOldChunks() async throws {
            try await House.open { house in
                let next = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                for (version, answers) in [("1.0", 1), ("1.1", 2)] {
                    let answer = try await house.http.exchange(
                        "POST /revoke HTTP/\(version)\r\nHost: x\r\nConnection: keep-alive\r\n"
                            + "Content-Type: application/x-www-form-urlencoded\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n7\r\ntoken=x\r\n0\r\n\r\n" + next)
                    #expect(answer.components(separatedBy: "HTTP/1.1 ").count == answers + 1, "\(answer)")
                    #expect(answer.contains("\r\nConnection: close\r\n"), "\(answer)")
                }
            }
        }

        @Test("Who asks for another protocol is answered, and told that nothing of HTTP comes after it")
        func speaksNothingElse() async throws {
            try await House.open { house in
                let next = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
                for head in [
                    "GET /healthz HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n",
                    "GET /auth/x HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n",
                    "CONNECT x:1 HTTP/1.1\r\n",
                ] {
                    let answer = try await house.http.exchange(head + "Host: x\r\n\r\n" + next)
                    #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(answer)")
                    #expect(answer.contains("\r\nConnection: close\r\n"), "\(answer)")
                }
            }
        }

        @Test("A request has one answer, also when what comes behind its head is no HTTP")
        func answersOnce() async throws {
            try await House.open { house in
                let head = "GET /healthz HTTP/1.1\r\nHost: x\r\n"
                for rest in [
                    "Content-Length: 2\r\n\r\nxxno HTTP\r\n\r\n",
                    "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                ] {
                    let answer = try await house.http.exchange(head + rest)
                    #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(answer)")
                    #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
                }
            }
        }

        @Test("Only the APIs of the configuration are served")
        func servesWhatIsConfigured() async throws {
            try await House.open(.init(apis: [.iq])) { (house) async throws in
                #expect(try await house.http.send("GET", "/api/v2/userTokens").status == 401)
                for path in [
                    "/_/user-token", "/auth", "/healthz", "/entities/a/users/b/authentication-token",
                ] {
                    #expect(try await house.http.send("GET", path).status == 404)
                }
            }
        }

        @Test("A wrong password is slowed the next time, and the right one is let in all the same")
        func slowsWrongPasswords() async throws {
            try await House.open { house in
                let path = "/api/v2/userTokens/currentUser/hasToken"
                func took(_ headers: [String: String]) async throws -> (Duration, Int) {
                    let began = ContinuousClock.now
                    let status = try await house.http.send("GET", path, headers).status
                    return (.now - began, status)
                }
                for _ in 1...4 { _ = try await took(House.basic("alice", "wrong")) }
                #expect(try await took(House.basic("bob")).1 == 200)
                #expect(house.pauses.all == [100, 200, 400].map { .milliseconds($0) })
                let (slow, status) = try await took(House.basic("alice"))
                #expect(status == 200)
                #expect(slow >= .milliseconds(800))
                #expect(try await took(House.basic("alice")).1 == 200)
                #expect(house.pauses.all == [100, 200, 400, 800].map { .milliseconds($0) })
            }
        }

        @Test("Guesses at once cost as much as guesses in a row, and another client none of it")
        func slowsGuessesAtOnce() async throws {
            try await House.open { house in
                let path = "/api/v2/userTokens/currentUser/hasToken"
                func attempt(_ password: String, _ client: String) async throws -> Int {
                    var headers = House.basic("alice", password)
                    headers["X-Forwarded-For"] = client
                    return try await house.http.send("GET", path, headers).status
                }
                let began = ContinuousClock.now
                let release = house.pauses.hold()
                defer { release() }
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 1...6 { group.addTask { try await attempt("wrong", "192.0.2.1") } }
                    // The first of them has been found wrong: five more wait, and go on waiting meanwhile.
                    var answers = [try await group.next()]
                    #expect(try await attempt("alice secret", "192.0.2.2") == 200)
                    release()
                    while let answer = try await group.next() { answers.append(answer) }
                    #expect(answers.allSatisfy { $0 == 401 })
                }
                #expect(.now - began >= .milliseconds(100 + 200 + 400 + 800 + 1000))
                #expect(house.pauses.all == [100, 200, 400, 800, 1000].map { .milliseconds($0) })
                // The same client's right password waits once, and is not kept out.
                #expect(try await attempt("alice secret", "192.0.2.1") == 200)
                #expect(house.pauses.all.count == 6)
            }
        }

        @Test("A body that does not come is given up, and its connection closed")
        func limitsTime() async throws {
            var timeouts = BridgeTimeouts()
            timeouts.body = .milliseconds(200)
            try await House.open(.init(timeouts: timeouts)) { (house) async throws in
                let head = "POST /revoke HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"
                let type = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
                let answer = try await house.http.raw(head + type + "token")
                #expect(answer.status == 408)
                #expect(answer["Connection"] == "close")
            }
        }

        @Test("A directory that does not answer holds up nobody but those who need it")
        func waitsAlone() async throws {
            try await House.open { house in
                let bearer = try await house.bearer("alice")
                house.slapd.pause()
                defer { house.slapd.resume() }
                async let waiting = house.http.send("GET", "/api/v2/userTokens", House.basic("ada"))
                try await eventually("the question") { house.requests.passwordsAsked > 0 ? () : nil }
                var meanwhile = 0
                for _ in 1...20 {
                    #expect(try await house.http.send("GET", "/auth", bearer).status == 200)
                    if house.requests.passwordsAsked > 0 { meanwhile += 1 }
                }
                // All of them but on a machine that takes seconds for it: the daemon gives up by then.
                #expect(meanwhile > 0)
                #expect(try await waiting.status == 503)
            }
        }

        @Test("No secret is logged, whatever fails")
        func logsNoSecrets() async throws {
            try await House.open { house in
                let token = try await house.token("ada")
                let secrets = [
                    token.token.exposed, token.passCode.exposed, "canary-password", "canary-key",
                    "canary-user",
                ]
                let headers = [
                    "apikey": "canary-key", "userid": "canary-user", "token": token.token.exposed,
                    "Authorization": "Bearer \(token.token.exposed)",
                ]
                let password = House.basic("alice", "canary-password")
                for round in 1...2 {
                    for path in [
                        "/auth", "/_/user-token", "/_/user-token/value?email=canary-user", "/metrics",
                        "/entities/a/users/b/authentication-token",
                    ] {
                        _ = try await house.http.send("GET", path, headers)
                    }
                    _ = try await house.http.send("GET", "/api/v2/userTokens", password)
                    _ = try await house.http.send(
                        "POST", "/_/user-token/value",
                        json: ["email": "alice@example.org", "password": "canary-password"])
                    _ = try await house.http.send("POST", "/introspect", headers, form: "token=canary-key")
                    if round == 1 { house.daemon.end() }
                }
                #expect(house.logs.all.contains { $0.contains("the agent does not answer") })
                for line in house.logs.all {
                    #expect(!secrets.contains { line.contains($0) }, "\(line)")
                }
            }
        }
    }
}
