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
                    let path = route.template.replacing("{", with: "").replacing("+}", with: "")
                        .replacing("}", with: "")
                    let got = try await house.http.send(route.method?.rawValue ?? "GET", path)
                    #expect(![404, 405, 500].contains(got.status), "\(route.template) \(got.status)")
                }
            }
        }
    }
}
