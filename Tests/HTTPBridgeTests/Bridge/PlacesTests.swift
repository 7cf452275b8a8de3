import AgentClient
import AgentProtocol
import Foundation
import Glibc
import Synchronization
import Testing

@testable import HTTPBridge
@testable import RealServers

extension BridgeSuites {
    /// The same bridge in the daemon, and in a process of its own.
    @Suite(.serialized) struct PlacesTests {
        /// How many have been answered by now.
        private final class Answered: Sendable {
            private let number = Mutex(0)
            var count: Int { number.withLock { $0 } }
            func note() { number.withLock { $0 += 1 } }
        }

        /// A little of everything.
        private func useAll(_ house: House, _ http: HTTPClient) async throws {
            let (ada, vera) = (try await house.bearer("ada"), try await house.bearer("vera"))
            let mail: JSONValue = ["email": "alice@example.org"]
            #expect(try await http.send("POST", "/_/user-token", ada, json: mail).status == 201)
            let rows = try await http.send("GET", "/_/user/token", ada).json?["data"]?.items ?? []
            let value = try #require(rows.first?["token"]?.text)
            let bearer = ["Authorization": "Bearer \(value)"]
            let passed = try await http.send("GET", "/auth?audience=query", bearer)
            #expect(passed.status == 200)
            #expect(passed["X-Auth-User"] == "alice")
            #expect(try await http.send("GET", "/auth?audience=other", bearer).status == 403)
            #expect(try await http.send("GET", "/auth", ["Authorization": "Bearer x"]).status == 401)

            let iq = "/api/v2/userTokens"
            let made = try await http.send("POST", iq + "/currentUser", House.basic("alice"))
            #expect(made.status == 200)
            let codes = House.basic(made.json?["userCode"]?.text ?? "", made.json?["passCode"]?.text ?? "")
            #expect(try await http.send("GET", iq + "/currentUser/hasToken", codes).status == 200)
            #expect(try await http.send("GET", iq, House.basic("ada", "wrong")).status == 401)
            let days: JSONValue = ["userTokenDefaultExpirationDays": 30]
            let put = try await http.send("PUT", "/api/v2/config/userTokens", House.basic("ada"), json: days)
            #expect(put.json == days)

            let headers = try await EntityTokensTests.headers(house, "alice")
            #expect(try await http.send("POST", EntityTokensTests.path, headers).status == 201)
            let fresh = try await http.send("POST", EntityTokensTests.path + "/refresh", headers)
            #expect(fresh.json?["success"] == true)

            let form = "token=\(value)"
            let told = try await http.send("POST", "/introspect", vera, form: form)
            #expect(told.json?["username"] == "alice")
            #expect(try await http.send("POST", "/revoke", form: form).status == 200)
            let gone = try await http.send("POST", "/introspect", vera, form: form)
            #expect(gone.json == ["active": false])
            #expect(try await http.send("GET", "/auth", bearer).status == 401)
            #expect(try await http.send("GET", "/readyz").json?["status"] == "ready")
            let metrics = try await http.send("GET", "/metrics").body
            #expect(metrics.contains("\ntokenagent_up 1\n"))
            #expect(metrics.contains("\ntokenagent_verifies_total{result=\"wrong_audience\"} 1\n"))
            #expect(metrics.contains("\ntokenagent_http_requests_total{api=\"query\",status=\"201\"} 1\n"))
        }

        @Test("In the daemon the bridge answers without a socket in between")
        func servesInTheDaemon() async throws {
            let port = Int(try Listener().port)
            try await House.open(.init(more: "http: {listen: \"127.0.0.1:\(port)\"}")) { house in
                let http = HTTPClient(port: port)
                // The daemon's own socket is served beside it.
                _ = try await eventually("the bridge") {
                    do { return try await http.send("GET", "/healthz") } catch { return nil }
                }
                try await useAll(house, http)
            }
        }

        @Test("Apart it runs under a user of its own, and gets by with no more than connecting")
        func servesApart() async throws {
            try await House.open(.init(socketMode: "0666")) { house in
                let bridge = try await BridgeProcess(socket: house.daemon.socket)
                try await useAll(house, HTTPClient(port: bridge.port))
                if geteuid() == 0 {
                    let status = try String(contentsOfFile: "/proc/\(bridge.pid)/status", encoding: .utf8)
                    let uid = try #require(getpwnam(BridgeProcess.user)).pointee.pw_uid
                    #expect(status.contains("\nUid:\t\(uid)\t\(uid)\t\(uid)\t"))
                }
                #expect(bridge.stop() == 0)
            }
        }

        @Test("Apart it outlives the daemon, lets nobody in meanwhile, and goes on with the next one")
        func outlivesTheDaemon() async throws {
            try await House.open(.init(socketMode: "0666")) { house in
                let bridge = try await BridgeProcess(socket: house.daemon.socket)
                defer { bridge.stop() }
                let http = HTTPClient(port: bridge.port)
                let bearer = try await house.bearer("alice")
                #expect(try await http.send("GET", "/auth", bearer).status == 200)
                house.daemon.end()
                #expect(try await http.send("GET", "/auth", bearer).status == 403)
                #expect(try await http.send("GET", "/readyz").status == 503)
                try house.daemon.startAgain()
                try await eventually("the bridge's next connection") {
                    try await http.send("GET", "/auth", bearer).status == 200 ? () : nil
                }
            }
        }

        @Test("However many passwords wait for a directory, nobody else waits with them")
        func keepsPasswordsApart() async throws {
            try await House.open(.init(socketMode: "0666")) { house in
                let bridge = try await BridgeProcess(socket: house.daemon.socket)
                defer { bridge.stop() }
                let http = HTTPClient(port: bridge.port)
                let bearer = try await house.bearer("alice")
                house.slapd.pause()
                defer { house.slapd.resume() }
                // More than one connection to the agent has room for, and how many of them are asked.
                let (count, asked) = (Limits.inFlightMax + 50, BridgeLimits.passwordsAtOnceMax)
                let answered = Answered()
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<count {
                        let caller = House.basic("user\(number)", "secret")
                        group.addTask {
                            let status = try await http.send("GET", "/api/v2/userTokens", caller).status
                            answered.note()
                            return status
                        }
                    }
                    // Some are turned away at once: then all the others wait.
                    #expect(try await group.next() == 503)
                    var meanwhile = 0
                    for _ in 1...20 {
                        #expect(try await http.send("GET", "/auth", bearer).status == 200)
                        // Of those who are asked about none has been answered.
                        if answered.count <= count - asked { meanwhile += 1 }
                    }
                    house.slapd.resume()
                    // All of them but on a machine that takes seconds for it: the daemon gives up by then.
                    #expect(meanwhile > 0)
                    group.cancelAll()
                    while let status = try await group.next() { #expect([401, 503].contains(status)) }
                }
            }
        }
    }
}
