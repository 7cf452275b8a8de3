/// What one caller, and all together, may take of the daemon.
struct LimitsConfiguration: Hashable, Sendable {
    var tokensPerOwner = 50
    var connections = 1024
    var connectionsPerUID = 128
    var lineBytes = 65_536
    /// Requests of one connection that may be unanswered; then reading stops.
    var inFlight = 256
    /// Tokens that somebody who is no admin may make.
    var createsPerSecond = 50
}

extension LimitsConfiguration {
    init(reading section: YAMLSection) {
        tokensPerOwner = section.value("tokens_per_owner", .integer(1...100_000), default: tokensPerOwner)
        connections = section.value("connections", .integer(1...65_536), default: connections)
        connectionsPerUID = section.value(
            "connections_per_uid", .integer(1...65_536), default: connectionsPerUID)
        // Every single request fits in 4 KiB; beyond 16 MiB a line would be a way to take the memory away.
        lineBytes = section.value("line_bytes", .integer(4096...16_777_216), default: lineBytes)
        inFlight = section.value("in_flight", .integer(1...65_536), default: inFlight)
        createsPerSecond = section.value(
            "creates_per_second", .integer(1...100_000), default: createsPerSecond)
        if section.isGiven("connections_per_uid"), connectionsPerUID > connections {
            section.refuse("connections_per_uid", "expected at most connections, which is \(connections)")
        }
    }
}
