import Foundation
import Glibc
import Logging
import Synchronization

/// Where the daemon logs: standard error, as text or as JSON lines. The level can change while it runs.
final class LogOutput: Sendable {
    private let format: LogConfiguration.Format
    private let current: Mutex<Logger.Level>

    init(_ configuration: LogConfiguration) {
        format = configuration.format
        current = Mutex(Logger.Level(configuration.level))
    }

    var level: Logger.Level {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    func logger(_ label: String) -> Logger {
        Logger(label: label) { label in LineLogHandler(label: label, output: self) }
    }

    /// For the library that starts and stops the services: without its debugging, which writes each of them
    /// out with all that it holds.
    var lifecycleLogger: Logger {
        Logger(label: "lifecycle") { label in LineLogHandler(label: label, output: self, least: .info) }
    }

    fileprivate func write(_ entry: LogEntry) {
        let line =
            switch format {
            case .text: entry.text
            case .json: entry.json
            }
        Self.put(line)
    }

    /// One write a line, so that lines of several threads do not run into each other.
    ///
    /// A line that nobody reads, or that finds no room on the disk, is lost: a log must never be what fails.
    static func put(_ line: String) {
        var rest = ArraySlice((line + "\n").utf8)
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}

/// Writes each message as one line.
private struct LineLogHandler: LogHandler {
    let label: String
    let output: LogOutput
    var least = Logger.Level.trace
    var metadata = Logger.Metadata()
    var metadataProvider: Logger.MetadataProvider?

    /// The output's, so that a reload reaches every logger there is.
    var logLevel: Logger.Level {
        get { max(output.level, least) }
        set { output.level = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var values = metadata
        if let more = event.metadata { values.merge(more) { _, new in new } }
        output.write(
            LogEntry(
                label: label, level: event.level, message: "\(event.message)", metadata: values, at: Date()))
    }
}

private struct LogEntry {
    let label: String
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata
    let at: Date

    private var time: String { Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(at) }

    var text: String {
        let values = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }
            .joined()
        return "\(time) \(level.rawValue) \(label): \(Self.escaped(message, quotes: false))\(values)"
    }

    /// A value with a space or a line end in it must not look like two.
    private static func quoted(_ value: String) -> String {
        let isPlain = value.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0.value != 0x7F }
        if isPlain, !value.isEmpty { return value }
        return "\"\(escaped(value, quotes: true))\""
    }

    /// A message may hold what a server has said, and must not look like two lines.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"" where quotes, "\\" where quotes: "\\\(scalar)"
            case "\n": "\\n"
            case "\0"..<" ", "\u{7F}": "\\u{\(String(scalar.value, radix: 16))}"
            default: "\(scalar)"
            }
        }.joined()
    }

    var json: String {
        var members = metadata.mapValues { "\($0)" }
        members["time"] = time
        members["level"] = level.rawValue
        members["logger"] = label
        members["message"] = message
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(members), as: UTF8.self)
        } catch {
            // Strings encode; but a log must never be what fails.
            return text
        }
    }
}

extension Logger.Level {
    init(_ level: LogConfiguration.Level) {
        switch level {
        case .trace: self = .trace
        case .debug: self = .debug
        case .info: self = .info
        case .notice: self = .notice
        case .warning: self = .warning
        case .error: self = .error
        case .critical: self = .critical
        }
    }
}
