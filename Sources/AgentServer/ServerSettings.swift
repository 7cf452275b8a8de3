import AgentProtocol

/// Where the server listens, and how much it takes on.
package struct ServerSettings: Hashable, Sendable {
    package var path: String
    /// The socket's mode.
    package var mode: UInt32
    /// The socket's group, by number; nil leaves it the daemon's own.
    package var group: UInt32?
    package var connectionsMax = Limits.connectionsMax
    package var connectionsPerUIDMax = Limits.connectionsPerUIDMax
    package var lineBytesMax = Limits.lineBytesMax
    package var inFlightMax = Limits.inFlightMax
    package var createsPerSecondMax = Limits.createsPerSecondMax

    package init(path: String, mode: UInt32, group: UInt32?) {
        self.path = path
        self.mode = mode
        self.group = group
    }
}
