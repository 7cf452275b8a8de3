/// How often, and how, a directory is read.
struct DirectorySyncConfiguration: Hashable, Sendable {
    /// Whether a connection is kept open for changes.
    enum Persist: Hashable, Sendable {
        /// Where it is known to be safe.
        case auto
        case always
        case never
    }

    var fullInterval: Duration = .seconds(86_400)
    var changesInterval: Duration = .seconds(300)
    var persist: Persist = .auto
    /// For one whole reading.
    var deadline: Duration = .seconds(1800)
    var pageSize = 500
}

extension DirectorySyncConfiguration {
    init(reading section: YAMLSection) {
        let interval = YAMLValue.duration(.seconds(1)...Duration.seconds(30 * 86_400))
        fullInterval = section.value("full_interval", interval, default: fullInterval)
        changesInterval = section.value("changes_interval", interval, default: changesInterval)
        persist = section.value("persist", .persist, default: persist)
        deadline = section.value(
            "deadline", .duration(.seconds(1)...Duration.seconds(86_400)), default: deadline)
        pageSize = section.value("page_size", .integer(1...100_000), default: pageSize)
        if section.isGiven("changes_interval"), changesInterval > fullInterval {
            section.refuse(
                "changes_interval", "expected at most full_interval, which is \(fullInterval.text)")
        }
    }
}

extension YAMLValue where Value == DirectorySyncConfiguration.Persist {
    static var persist: Self {
        YAMLValue { (node) throws(YAMLRefusal) in
            if node.word == "auto" { return .auto }
            do {
                return try YAMLValue<Bool>.bool.read(node) ? .always : .never
            } catch {
                throw YAMLRefusal("expected auto, true or false, not \(node.kindInWords)")
            }
        }
    }
}
