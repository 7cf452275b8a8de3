import TokenCore

/// The two times of a request that grants or ends something, which are one as long as the clock is right.
struct GrantTime: Sendable {
    /// What is granted begins here, what ends ends here, and is so recorded.
    let granting: Timestamp
    /// What is over by now is refused.
    let now: Timestamp

    init(_ agent: Agent) { (granting, now) = (agent.granting(), agent.clock()) }

    /// nil in nil.
    func expiry(in span: TimeSpan?) throws(AgentError) -> Timestamp? {
        guard let span else { return nil }
        return try end(of: span, member: "expires_at")
    }

    /// Refused where it would be over at once, which nobody has asked for.
    func end(of span: TimeSpan, member: String) throws(AgentError) -> Timestamp {
        let end = granting + span
        if now < end { return end }
        guard granting < now else { throw .invalid(member: member, "must lie in the future") }
        throw .invalid(
            member: member,
            "would be over at once: the clock is \(Int((now - granting).seconds)) s ahead of the time on "
                + "record (agent.status), from which this is reckoned")
    }
}
