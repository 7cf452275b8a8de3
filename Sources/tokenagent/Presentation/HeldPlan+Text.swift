import AgentProtocol

extension HeldPlan {
    /// All that somebody who is to approve it should see, and how. Without `approve` it is what a dry run
    /// found: nothing is held, and nothing can be approved.
    func text(_ style: Style, approve: String?) -> String {
        let isDry = approve == nil
        var lines = [
            style.paint(
                isDry ? "\(source): would be held" : "\(source): held since \(since.full(style))", .yellow),
            "Nothing \(isDry ? "would be" : "was") done: \(why).", "Plan \(plan) would \(effect).",
        ]
        if !removals.isEmpty { lines += ["", Table(removals: removals).text(style)] }
        let more = wouldRemove + (wouldDisable ?? 0) - removals.count
        if more > 0 { lines.append("… and \(more) more") }
        let until = expiresAt.local(style)
        lines += [""]
        if let approve {
            lines += ["If this is right, apply exactly it, until \(until), with:", "  \(approve)"]
        } else {
            lines += ["A sync that is not a dry run holds it, and says how it is approved."]
        }
        return lines.joined(separator: "\n")
    }

    /// For cron's mail.
    func line(approve: String?) -> String {
        guard let approve else { return "\(source): would be held: \(why); it would \(effect)" }
        return "\(source): held, nothing done: \(why); it would \(effect); if that is right: \(approve)"
    }

    /// Why the guard holds it.
    private var why: String {
        switch reason {
        case .tooManyRemovals:
            guard let lately = removedLately, lately > 0 else {
                return
                    "\(Self.owners(wouldRemove)) would lose their tokens, and \(limit) is the most without "
                    + "asking"
            }
            return "\(Self.owners(lately)) lost their tokens in the hour before (`tokenagent users --state "
                + "gone`), \(wouldRemove) more would, and \(limit) is the most without asking"
        case .peopleDropped: return "the directory has far fewer people than before\(drop)"
        case .configurationChanged:
            return "the directory is configured otherwise than when it was last read, in \(changed)\(drop)"
        }
    }

    /// What of the configuration is another; all that counts, where that is not known.
    private var changed: String {
        guard let keys = changedKeys, let last = keys.last else {
            return "url, base, filter, bind_dn, cert_file, id or disabled (of a file in its path)"
        }
        return keys.count == 1 ? last : "\(keys.dropLast().joined(separator: ", ")) and \(last)"
    }

    private var drop: String {
        guard let people, let peopleBefore, people != peopleBefore else { return "" }
        return ": \(people), where \(peopleBefore) were before"
    }

    /// What it would do, after "would".
    private var effect: String {
        let suspended = wouldSuspend ?? 0
        let gone = wouldRemove - suspended
        var parts: [String] = []
        if gone > 0 { parts.append("take away the tokens of \(Self.owners(gone)) who left") }
        if suspended > 0 {
            parts.append(
                "suspend the tokens of \(Self.owners(suspended)), until they are among the people again")
        }
        if let wouldDisable, wouldDisable > 0 {
            parts.append("suspend the tokens of \(Self.owners(wouldDisable)) who would count as disabled")
        }
        return parts.isEmpty ? "take nobody's tokens away" : parts.joined(separator: ", and ")
    }

    /// The same in a few words.
    var shortEffect: String {
        let told = "would remove \(wouldRemove)"
        guard let wouldDisable, wouldDisable > 0 else { return told }
        return "\(told) and suspend \(wouldDisable) as disabled"
    }

    private static func owners(_ count: Int) -> String { count == 1 ? "1 owner" : "\(count) owners" }
}
