import AgentClient
import AgentProtocol
import Foundation
import Testing

@testable import RealServers

extension BridgeSuites {
    @Suite(.serialized) struct MetricsTests {
        /// Series and their values.
        private static func samples(_ text: String) -> [String: Double] {
            let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            let pairs = lines.compactMap { line -> (String, Double)? in
                guard let space = line.lastIndex(of: " ") else { return nil }
                return Double(line[line.index(after: space)...]).map { (String(line[..<space]), $0) }
            }
            #expect(pairs.count == lines.count)
            return Dictionary(pairs) { first, _ in
                Issue.record("a series is there twice")
                return first
            }
        }

        @Test("Metrics tell of the bridge, and of the agent wherever it runs")
        func measures() async throws {
            try await House.open { house in
                let bearer = try await house.bearer("alice")
                _ = try await house.http.send("GET", "/auth", bearer)
                _ = try await house.http.send("GET", "/auth", ["Authorization": "Bearer x"])
                _ = try await house.http.send("GET", "/auth?audience=other", bearer)
                _ = try await house.http.send("GET", "/api/v2/userTokens", House.basic("ada"))
                _ = try await house.http.send("GET", "/api/v2/userTokens", House.basic("ada", "wrong"))
                let answer = try await house.http.send("GET", "/metrics")
                #expect(answer.status == 200)
                #expect(answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
                let samples = Self.samples(answer.body)
                for (series, value) in [
                    ("tokenagent_up", 1), (#"tokenagent_tokens{state="active"}"#, 1),
                    (#"tokenagent_tokens{state="obsolete"}"#, 0), ("tokenagent_people", 6),
                    (#"tokenagent_verifies_total{result="active"}"#, 1),
                    (#"tokenagent_verifies_total{result="malformed"}"#, 1),
                    (#"tokenagent_verifies_total{result="wrong_audience"}"#, 1),
                    (#"tokenagent_verifies_total{result="expired"}"#, 0),
                    (#"tokenagent_verify_seconds_bucket{le="+Inf"}"#, 3),
                    ("tokenagent_verify_seconds_count", 3),
                    (#"tokenagent_password_checks_total{result="right"}"#, 2),
                    (#"tokenagent_password_checks_total{result="wrong"}"#, 1),
                    (#"tokenagent_directory_people{source="corp"}"#, 6),
                    (#"tokenagent_directory_held{source="corp"}"#, 0),
                    (#"tokenagent_directory_failing{source="corp"}"#, 0),
                    (#"tokenagent_directory_stale{source="corp"}"#, 0), ("tokenagent_storage_waiting", 0),
                    ("tokenagent_storage_checkpoint_failing", 0),
                    (#"tokenagent_purged_total{reason="tried"}"#, 0), ("tokenagent_connections", 2),
                    ("tokenagent_connections_max", 1024), ("tokenagent_connections_refused_total", 0),
                    (#"tokenagent_http_requests_total{api="standard",status="200"}"#, 1),
                    (#"tokenagent_http_requests_total{api="standard",status="401"}"#, 1),
                    (#"tokenagent_http_requests_total{api="iq",status="401"}"#, 1),
                    (#"tokenagent_http_request_seconds_count{api="iq"}"#, 2),
                ] as [(String, Double)] {
                    #expect(samples[series] == value, "\(series)")
                }
                for series in [
                    #"tokenagent_directory_age_seconds{source="corp"}"#, "tokenagent_verify_seconds_sum",
                    "tokenagent_storage_bytes", "tokenagent_storage_log_bytes",
                    "tokenagent_storage_free_bytes",
                    "tokenagent_storage_commits_total", "tokenagent_storage_revision",
                    "tokenagent_start_time_seconds",
                ] {
                    #expect((samples[series] ?? 0) > 0, "\(series)")
                }
                #expect((samples[#"tokenagent_directory_age_seconds{source="corp"}"#] ?? 60) < 60)
            }
        }

        @Test("Purges, holds and outages show")
        func showsTrouble() async throws {
            try await House.open(.init(removals: "removals_max: 1, removals_percent_max: 0")) { house in
                func samples() async throws -> [String: Double] {
                    Self.samples(try await house.http.send("GET", "/metrics").body)
                }
                for login in ["alice", "bob", "carol"] { _ = try await house.token(login) }
                try await house.remove("bob")
                #expect(try await samples()[#"tokenagent_tokens{state="obsolete"}"#] == 1)
                _ = try await house.agent.call(TokenPurge())
                #expect(try await samples()[#"tokenagent_purged_total{reason="obsolete"}"#] == 1)
                try house.slapd.delete("uid=alice,ou=people,dc=example,dc=org")
                try await house.remove("carol")
                #expect(try await samples()[#"tokenagent_directory_held{source="corp"}"#] == 1)
                house.stopDirectory()
                do { _ = try await house.agent.call(DirectorySync()) } catch {}
                #expect(try await samples()[#"tokenagent_directory_failing{source="corp"}"#] == 1)
                _ = try await house.http.send("GET", "/api/v2/userTokens", House.basic("ada"))
                #expect(
                    try await samples()[#"tokenagent_password_checks_total{result="unavailable"}"#] == 1)
                house.daemon.end()
                let alone = try await samples()
                #expect(alone["tokenagent_up"] == 0)
                #expect(alone["tokenagent_http_requests_total{api=\"iq\",status=\"503\"}"] == 1)
            }
        }

        @Test("The command line shows the agent's without a bridge, and the documents name every one")
        func isDocumented() async throws {
            let port = Int(try Listener().port)
            // The daemon has a bridge of its own, for what it tells of that.
            try await House.open(.init(more: "http: {listen: \"127.0.0.1:\(port)\"}")) { house in
                _ = try await eventually("the daemon's bridge") {
                    do { return try await HTTPClient(port: port).send("GET", "/healthz") } catch {
                        return nil
                    }
                }
                let run = try await ChildProcess.run(
                    [DaemonUnderTest.executable, "status", "--metrics", "--socket", house.daemon.socket],
                    log: house.daemon.folder + "/metrics.txt")
                #expect(run.status == 0)
                #expect(run.output.hasPrefix("# HELP tokenagent_connections "))
                #expect(Self.samples(run.output)["tokenagent_people"] == 6)
                _ = try await house.http.send("GET", "/healthz")
                let text = try await eventually("what is told of that") {
                    let text = try await house.http.send("GET", "/metrics").body
                    return text.contains("tokenagent_http_listening") ? text : nil
                }
                let operating = try Checkout.text("docs/operating.md")
                let alerts = try Checkout.text("etc/prometheus/tokenagent.rules.yml")
                let families = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
                    .map { String($0.split(separator: " ")[2]) }
                #expect(families.count > 20)
                for family in families {
                    #expect(operating.contains("`\(family)"), "\(family)")
                    #expect(text.contains("# HELP \(family) "), "\(family)")
                }
                // An alert on what is not there would never be raised.
                for name in alerts.matches(of: /tokenagent_[a-z_]+/).map({ String($0.output) }) {
                    let family = name.replacing(/_(bucket|sum|count)$/, with: "")
                    #expect(families.contains(family) || family == "tokenagent_rules", "\(name)")
                }
            }
        }
    }
}
