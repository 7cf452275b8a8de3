/// What one reading may take away by itself; more waits for an approval.
struct DirectoryGuardConfiguration: Hashable, Sendable {
    var removalsMax = 10
    var removalsPercentMax = 5
    var dropPercentMax = 20
}

extension DirectoryGuardConfiguration {
    /// There is no switch that turns the guard off, and so no number that does: 100 % would be one.
    init(reading section: YAMLSection) {
        removalsMax = section.value("removals_max", .integer(0...1000), default: removalsMax)
        removalsPercentMax = section.value(
            "removals_percent_max", .integer(0...50), default: removalsPercentMax)
        dropPercentMax = section.value("drop_percent_max", .integer(0...90), default: dropPercentMax)
    }
}
