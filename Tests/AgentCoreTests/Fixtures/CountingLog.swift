import Logging
import Synchronization

/// Counts the lines that are at least warnings.
final class CountingLog: Sendable {
    private let lines = Mutex(0)
    var count: Int { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: CountingLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.warning

        init(log: CountingLog) { self.log = log }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { log.lines.withLock { $0 += 1 } }
    }
}
