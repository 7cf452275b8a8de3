import AgentClient
import AgentProtocol
import HTTPTypes
import Testing

@testable import HTTPBridge

extension BridgeSuites {
    @Suite(.serialized) struct HealthTests {
        @Test("Health and readiness answer without credentials, and readiness has reasons")
        func tellsHealth() async throws {
            try await House.open { house in
                let health = try await house.http.send("GET", "/healthz")
                #expect(health.status == 200)
                #expect(health.json == ["status": "ok"])
                let ready = try await house.http.send("GET", "/readyz")
                #expect(ready.status == 200)
                #expect(ready.json?["status"] == "ready")
                #expect(ready.json?["checks"]?.items.count == 2)
                house.stopDirectory()
                do { _ = try await house.agent.call(DirectorySync()) } catch {}
                let limping = try await house.http.send("GET", "/readyz")
                #expect(limping.status == 200)
                #expect(limping.body.contains("the last reading failed"))
                house.daemon.end()
                let alone = try await house.http.send("GET", "/readyz")
                #expect(alone.status == 503)
                #expect(alone.json?["status"] == "not ready")
                #expect(try await house.http.send("GET", "/healthz").status == 200)
            }
        }

        @Test("The OpenAPI document has exactly the routes that are served")
        func describesRoutes() async throws {
            try await House.open { house in
                let answer = try await house.http.send("GET", "/openapi.json")
                #expect(answer.status == 200)
                var described: Set<String> = []
                for (path, item) in answer.json?["paths"]?.members ?? [:] {
                    for (method, operation) in item.members {
                        described.insert("\(method) \(path)")
                        #expect(operation["operationId"]?.text?.isEmpty == false)
                        #expect(operation["responses"]?.names.isEmpty == false)
                    }
                }
                let settings = BridgeSettings(address: .unix(path: "/x")) { WireTime(milliseconds: 0) }
                let routes = RouteTable(Bridge.apis(settings, BridgeMetrics())).routes
                let served = routes.map { route in
                    let method = route.method?.rawValue.lowercased() ?? "get"
                    return "\(method) \(route.template.replacing("+}", with: "}"))"
                }
                #expect(described == Set(served))
                #expect(served.count == described.count)
                #expect(Set(routes.map(\.operation.id)).count == routes.count)
                // And each of them is there: whatever it answers, it is not that there is no such thing.
                for route in routes {
                    let got = try await house.http.send(route.method?.rawValue ?? "GET", Self.path(route))
                    #expect(![404, 405, 500].contains(got.status), "\(route.template) \(got.status)")
                }
            }
        }

        @Test("The OpenAPI document has the time-outs, cookies and retries that are answered")
        func describesAnswers() async throws {
            var timeouts = BridgeTimeouts()
            timeouts.body = .milliseconds(200)
            try await House.open(.init(timeouts: timeouts)) { house in
                let document = try #require(try await house.http.send("GET", "/openapi.json").json)
                func expect(
                    _ answer: HTTPClient.Answer, _ status: Int, _ route: Route, _ headers: [String] = []
                ) {
                    let method = route.method?.rawValue.lowercased() ?? "get"
                    let described = document["paths"]?[route.template]?[method]?["responses"]?["\(status)"]
                    #expect(answer.status == status, "\(route.template) \(answer.status)")
                    #expect(described != nil, "\(route.template) \(status)")
                    let carried = ["Set-Cookie", "Retry-After"].filter { answer[$0] != nil }
                    #expect(carried == headers, "\(route.template)")
                    #expect(described?["headers"]?.names ?? [] == Set(headers), "\(route.template)")
                }
                let settings = BridgeSettings(address: .unix(path: "/x")) { WireTime(milliseconds: 0) }
                let routes = RouteTable(Bridge.apis(settings, BridgeMetrics())).routes
                for route in routes where route.readsBody {
                    let head = "\(route.method?.rawValue ?? "POST") \(Self.path(route)) HTTP/1.1\r\n"
                    let answer = try await house.http.raw(head + "Host: x\r\nContent-Length: 10\r\n\r\nx")
                    expect(answer, 408, route)
                }
                let hasToken = try #require(routes.first { $0.template.hasSuffix("/hasToken") })
                let asked = try await house.http.send("GET", Self.path(hasToken), House.basic("alice"))
                expect(asked, 200, hasToken, ["Set-Cookie"])
                let admin = try await house.bearer("ada")
                house.daemon.end()
                let introspect = try #require(routes.first { $0.template == "/introspect" })
                let alone = try await house.http.send("POST", "/introspect", admin, form: "token=x")
                expect(alone, 503, introspect, ["Retry-After"])
            }
        }

        private static func path(_ route: Route) -> String {
            route.template.replacing("{", with: "").replacing("+}", with: "").replacing("}", with: "")
        }
    }
}
