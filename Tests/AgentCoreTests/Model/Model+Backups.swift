import TokenCore

/// What restoring a backup does to the model, by docs/operating.md.
extension Model {
    /// Brings back `backup`, an earlier state of this, and with it what was done since to what it has.
    mutating func bringBack(_ backup: Model) {
        for number in tokens.indices {
            guard number < backup.tokens.count else {
                tokens[number].isForgotten = true
                continue
            }
            let old = backup.tokens[number]
            let since = Array(tokens[number].lines.dropFirst(old.lines.count))
            tokens[number] = Self.broughtBack(old, tokens[number], since)
        }
        known = broughtBack(backup)
        (held, heldSince) = (backup.held, backup.heldSince)
        (people, counted) = (backup.people, backup.counted)
        (lastCompleteAt, approvedAt) = (backup.lastCompleteAt, backup.approvedAt)
        // Everybody is read next.
        hasCookie = false
    }

    private static func broughtBack(_ old: Token, _ latest: Token, _ since: [Token.Line]) -> Token {
        var result = latest
        if since.isEmpty || latest.isForgotten { result = old }
        result.lines = latest.lines
        guard latest.isForgotten, case .ended(let kind, let time)? = since.last else { return result }
        // A former secret must not come back, and the latest is lost with the tombstone.
        result.isForgotten = since.count > 1
        result.ending = (kind, time)
        result.previous = nil
        return result
    }

    /// Who stands how: as last, but for whoever is in the backup alone, and by the last line since the backup
    /// where that is the narrower word.
    private func broughtBack(_ backup: Model) -> [String: Known] {
        var result = known
        for (person, old) in backup.known where result[person] == nil {
            let theirs = tokens.filter { $0.person == person && !$0.isForgotten }
            guard !theirs.isEmpty else { continue }
            let isLeftover =
                !theirs.contains(where: \.isLive) && (old.standing == .present || old.standing == .disabled)
            result[person] = isLeftover ? Known(standing: .missing, since: now) : old
        }
        for (person, lines) in standingLines {
            let since = lines.dropFirst(backup.standingLines[person]?.count ?? 0)
            guard let last = since.last else { continue }
            let standing = result[person]?.standing
            if standing == nil || standing == .present && last.standing != .present { result[person] = last }
        }
        return result
    }
}
