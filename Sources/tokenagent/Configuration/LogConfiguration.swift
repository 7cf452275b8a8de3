/// How much is logged, and in which shape.
struct LogConfiguration: Hashable, Sendable {
    /// The words of swift-log.
    enum Level: String, CaseIterable, Hashable, Sendable {
        case trace
        case debug
        case info
        case notice
        case warning
        case error
        case critical
    }

    enum Format: String, CaseIterable, Hashable, Sendable {
        case text
        case json
    }

    var level: Level = .info
    var format: Format = .text
}

extension LogConfiguration {
    init(reading section: YAMLSection) {
        level = section.value("level", .word, default: level)
        format = section.value("format", .word, default: format)
    }
}
