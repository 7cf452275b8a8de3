internal import AgentProtocol
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// What an operator watches.
extension Standards {
    func measure(_ exchange: Exchange) async throws -> Response {
        var text = PrometheusText()
        do throws(AgentFailure) {
            let status = try await exchange.agent.call(AgentStatus())
            let directories = try await exchange.agent.call(DirectoryStatus())
            text.single("tokenagent_up", "gauge", "Whether the agent answers.", 1)
            Self.write(status, into: &text)
            Self.write(directories.sources, into: &text)
        } catch {
            // The bridge's own figures are worth most when the agent is away.
            text.single("tokenagent_up", "gauge", "Whether the agent answers.", 0)
        }
        Self.write(metrics.now, into: &text)
        let body = text.text + (settings.moreMetrics?() ?? "")
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }

    private static func write(_ status: AgentStatus.Answer, into text: inout PrometheusText) {
        text.family("tokenagent_info", "gauge", "The agent's version.")
        text.sample("tokenagent_info", [("version", status.version)], 1)
        text.single(
            "tokenagent_start_time_seconds", "gauge", "When the agent started.", status.startedAt.seconds)
        text.family("tokenagent_tokens", "gauge", "Tokens by state.")
        for (state, count) in status.tokens.sorted(by: { $0.key < $1.key }) {
            text.sample("tokenagent_tokens", [("state", state)], count)
        }
        text.single("tokenagent_people", "gauge", "People known.", status.people)
        text.single("tokenagent_connections", "gauge", "Connections to the socket.", status.connections)
        text.single("tokenagent_storage_bytes", "gauge", "The size of the database.", status.storage.bytes)
        text.single(
            "tokenagent_storage_revision", "counter", "The number of the last mutation.",
            status.storage.revision)
    }

    private static func write(_ sources: [DirectoryStatus.Source], into text: inout PrometheusText) {
        text.family("tokenagent_directory_people", "gauge", "People of a directory.")
        for source in sources {
            text.sample("tokenagent_directory_people", [("source", source.source)], source.people)
        }
        text.family("tokenagent_directory_age_seconds", "gauge", "Since the last complete reading.")
        for source in sources {
            guard let age = source.ageSeconds else { continue }
            text.sample("tokenagent_directory_age_seconds", [("source", source.source)], age)
        }
        text.family("tokenagent_directory_held", "gauge", "Whether a safety guard holds a plan.")
        for source in sources {
            text.sample("tokenagent_directory_held", [("source", source.source)], source.held == nil ? 0 : 1)
        }
        text.family("tokenagent_directory_error", "gauge", "Whether the last reading failed.")
        for source in sources {
            text.sample(
                "tokenagent_directory_error", [("source", source.source)], source.error == nil ? 0 : 1)
        }
    }

    private static func write(_ counts: BridgeMetrics.Counts, into text: inout PrometheusText) {
        text.family("tokenagent_http_requests_total", "counter", "Requests by API and status.")
        for (request, count) in counts.requests.sorted(by: { $0.key < $1.key }) {
            let labels = [("api", request.api), ("status", "\(request.status)")]
            text.sample("tokenagent_http_requests_total", labels, count)
        }
        let duration = "tokenagent_http_request_duration_seconds"
        text.family(duration, "histogram", "How long requests took.")
        for (api, histogram) in counts.durations.sorted(by: { $0.key < $1.key }) {
            text.histogram(duration, [("api", api)], histogram)
        }
        text.family("tokenagent_http_verifies_total", "counter", "Tokens judged for /auth and /introspect.")
        for (result, count) in counts.verifies.sorted(by: { $0.key < $1.key }) {
            text.sample("tokenagent_http_verifies_total", [("result", result)], count)
        }
        let verify = "tokenagent_http_verify_duration_seconds"
        text.family(verify, "histogram", "How long the agent took to judge them.")
        text.histogram(verify, [], counts.verifyDurations)
    }
}
