import AgentProtocol
import Exposition
import Metrics

/// Where everything goes that the daemon's parts record through swift-metrics.
enum DaemonMetrics {
    /// Once, before anything is recorded.
    static func collect() -> PrometheusMetrics {
        let metrics = PrometheusMetrics(descriptions)
        MetricsSystem.bootstrap(metrics)
        Gauge(label: "tokenagent_info", dimensions: [("version", Version.text)]).record(1)
        return metrics
    }

    /// Nothing before it has tried to listen.
    static func note(_ http: AgentStatus.HTTP?) {
        guard let http, http.listening || http.error != nil else { return }
        Gauge(label: "tokenagent_http_listening").record(http.listening ? 1 : 0)
    }

    private static let descriptions = [
        MeasureDescription("tokenagent_info", "The daemon's version."),
        MeasureDescription("tokenagent_start_time_seconds", "When the daemon started, in Unix time."),
        MeasureDescription(
            "tokenagent_http_listening", "0 while the daemon's own HTTP bridge cannot be reached."),
        MeasureDescription("tokenagent_tokens", "Tokens by state."),
        MeasureDescription("tokenagent_people", "People known, of all directories."),
        MeasureDescription("tokenagent_verifies_total", "Verifies by their result."),
        MeasureDescription(
            "tokenagent_verify_seconds",
            "From a read of the socket to the answers of all verifies in it: one value a read.",
            bounds: [
                0.000_005, 0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.001, 0.005, 0.025, 0.1, 1,
            ]),
        MeasureDescription("tokenagent_purged_total", "Tokens purged, by the reason."),
        MeasureDescription(
            "tokenagent_password_checks_total", "Passwords of people that directories were asked about."),
        MeasureDescription("tokenagent_connections", "Connections to the socket."),
        MeasureDescription("tokenagent_connections_max", "As many as are let in (limits.connections)."),
        MeasureDescription(
            "tokenagent_connections_refused_total",
            "Connections turned away because their uid had too many."),
        MeasureDescription("tokenagent_directory_people", "People of a directory, as of its last reading."),
        MeasureDescription("tokenagent_directory_age_seconds", "Since the last complete reading."),
        MeasureDescription(
            "tokenagent_directory_stale", "1 when no complete reading is as recent as it should be."),
        MeasureDescription("tokenagent_directory_held", "1 while a safety guard holds a plan."),
        MeasureDescription("tokenagent_directory_failing", "1 when the last reading failed."),
        MeasureDescription(
            "tokenagent_directory_unconfirmed", "Owners who may have left, and could not be asked about."),
        MeasureDescription("tokenagent_storage_bytes", "The database and its write-ahead log."),
        MeasureDescription("tokenagent_storage_free_bytes", "What the file system has left for it."),
        MeasureDescription("tokenagent_storage_waiting", "Changes that wait for the next commit."),
        MeasureDescription("tokenagent_storage_commits_total", "Commits that changed something."),
        MeasureDescription("tokenagent_storage_revision", "The number of the last change."),
        MeasureDescription("tokenagent_storage_log_bytes", "What of the write-ahead log is in use."),
        MeasureDescription(
            "tokenagent_storage_checkpoint_failing",
            "1 when the write-ahead log could not be moved into the database the last time."),
    ]
}
