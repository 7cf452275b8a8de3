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

    /// Who stands how: by the last line since the backup, or else by the backup.
    private func broughtBack(_ backup: Model) -> [String: Known] {
        var result = backup.known
        for (person, lines) in standingLines {
            let since = lines.dropFirst(backup.standingLines[person]?.count ?? 0)
            guard let last = since.last else { continue }
            let row = known[person] ?? backup.known[person]
            result[person] = row?.standing == last.standing ? row : last
        }
        return result
    }
}
