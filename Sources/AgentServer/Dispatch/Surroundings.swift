package import AgentProtocol

/// What the agent itself does not know of the daemon around it, for `agent.status`. Asked anew each time.
package struct Surroundings: Sendable {
    /// All metrics of this process, in Prometheus text.
    package var exposition: @Sendable () -> String = { "" }
    /// Keys of the configuration that wait for a restart.
    package var awaitingRestart: @Sendable () -> [String] = { [] }
    /// The HTTP bridge in this process; nil without one.
    package var http: @Sendable () -> AgentStatus.HTTP? = { nil }

    package init() {}
}
