import AgentProtocol

extension HeldPlan {
    /// All that somebody who is to approve it should see, and how.
    func text(_ style: Style, approve: String) -> String {
        var lines = [
            style.paint("\(source): held since \(since.full(style))", .yellow),
            "Nothing was done: \(reason.sentence(self)).",
            "Plan \(plan) would take the tokens of \(wouldRemove) owners away.",
        ]
        if !removals.isEmpty { lines += ["", Table(removals: removals).text(style)] }
        if wouldRemove > removals.count { lines.append("… and \(wouldRemove - removals.count) more") }
        let until = expiresAt.local(style)
        lines += ["", "If this is right, apply exactly it, until \(until), with:", "  \(approve)"]
        return lines.joined(separator: "\n")
    }

    /// For cron's mail.
    func line(approve: String) -> String {
        "\(source): held, nothing done: \(reason.sentence(self)); if that is right: \(approve)"
    }
}
