import AgentProtocol
import Foundation
import Testing

@testable import RealServers

extension BridgeSuites {
    /// Clients from the package registry, which `scripts/test-clients` installs.
    @Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["TOKENAGENT_CLIENTS"] != nil))
    struct PublishedClientTests {
        @Test("The published IQ client does all its user token calls")
        func runsTheIQClient() async throws {
            try await House.open { house in
                let command = [Checkout.path("scripts/test-clients"), "iq", house.http.url]
                let run = try await ChildProcess.run(command, log: house.daemon.folder + "/iq.log")
                #expect(run.status == 0, "\(run.output)")
                #expect(run.output.contains("all as it should be"))
            }
        }

        @Test("Answers are what the OpenAPI document says, and never an error of the server's own")
        func holdsTheDocument() async throws {
            try await House.open { house in
                let token = try await house.token("ada").token.exposed
                let command = [Checkout.path("scripts/test-clients"), "schemathesis", house.http.url]
                let run = try await ChildProcess.run(
                    command, log: house.daemon.folder + "/schemathesis.log",
                    environment: [
                        "TOKENAGENT_TOKEN": token, "TOKENAGENT_KEY": try await house.apiKey("acme"),
                    ])
                #expect(run.status == 0, "\(run.output.suffix(8000))")
            }
        }

        @Test("Prometheus's own client reads the metrics")
        func readsTheMetrics() async throws {
            try await House.open { house in
                _ = try await house.http.send("GET", "/auth", try await house.bearer("alice"))
                let command = [Checkout.path("scripts/test-clients"), "metrics", house.http.url]
                let run = try await ChildProcess.run(command, log: house.daemon.folder + "/metrics.log")
                #expect(run.status == 0, "\(run.output)")
                #expect(run.output.contains("all as they should be"))
            }
        }
    }
}
