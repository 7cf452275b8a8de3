import TokenCore

/// `TokenRecord.state(standing:at:)` in SQL. A test holds the two against each other.
enum TokenStateSQL {
    /// Joins `p`, the owner of `t` unless present. Who has no row, as services, counts as present.
    static let absentOwner = """
        LEFT JOIN person p INDEXED BY person_absent
        ON p.source = t.owner_source AND p.id = t.owner_id AND p.standing <> 'present'
        """

    static func expression(now: String) -> String {
        """
        CASE WHEN t.ending IS NOT NULL THEN t.ending WHEN p.standing = 'gone' THEN 'obsolete'
        WHEN t.expires_at <= \(now) THEN 'expired' WHEN p.standing IS NULL THEN 'active' ELSE 'suspended' END
        """
    }

    /// The same as conditions that an index can serve. Those with a `?` want the time.
    static func condition(_ state: TokenState) -> String {
        let unexpired = "(t.expires_at IS NULL OR t.expires_at > ?)"
        return switch state {
        case .revoked, .purged: "t.ending = '\(state.rawValue)'"
        case .obsolete: "t.ending IS NULL AND p.standing = 'gone'"
        case .suspended: "t.ending IS NULL AND p.standing IN ('disabled', 'missing') AND \(unexpired)"
        case .expired:
            """
            t.ending IS NULL AND t.expires_at IS NOT NULL AND t.expires_at <= ? AND p.standing IS NOT 'gone'
            """
        case .active: "t.ending IS NULL AND p.standing IS NULL AND \(unexpired)"
        }
    }
}
