import GRDB
package import TokenCore

extension StoreReader {
    /// Tokens neither revoked nor purged whose owner is gone, both the owner's going and the token's last
    /// change before `time`: a token restored since then has its grace anew. Whose owner went first comes
    /// first.
    package func obsoleteTokens(
        source: String?, ownersGoneBefore time: Timestamp, limit: Int
    ) throws -> [(TokenRecord, PersonRecord)] {
        try db.rows(
            "SELECT \(TokenRecord.columns), \(PersonRecord.columns) \(Self.obsolete(of: source)) LIMIT ?2",
            [time.milliseconds, limit] + (source.map { [$0] } ?? [])
        ) { row in
            (try TokenRecord(row: row), try PersonRecord(row: row, at: TokenRecord.columnCount))
        }
    }

    /// The same, all of them, and nothing but their ids: there may be very many.
    package func obsoleteIDs(source: String?, ownersGoneBefore time: Timestamp) throws -> [UserCode] {
        try db.rows(
            "SELECT t.id \(Self.obsolete(of: source)) LIMIT ?2",
            [time.milliseconds, Int.max] + (source.map { [$0] } ?? [])
        ) { try $0.userCode(0) }
    }

    /// The token with its owner, if it is among those of `obsoleteTokens`, whatever its source.
    package func obsoleteToken(
        _ id: UserCode, ownersGoneBefore time: Timestamp
    ) throws -> (TokenRecord, PersonRecord)? {
        guard let token = try token(id), token.ending == nil, token.updatedAt < time,
            let owner = try person(token.owner), owner.standing == .gone, owner.since < time
        else { return nil }
        return (token, owner)
    }

    private static func obsolete(of source: String?) -> String {
        """
        FROM person p INDEXED BY person_gone
        CROSS JOIN token t ON t.owner_source = p.source AND t.owner_id = p.id
        WHERE p.standing = 'gone'\(source == nil ? "" : " AND p.source = ?3") AND p.since < ?1
        AND t.ending IS NULL AND t.updated_at < ?1
        ORDER BY p.source, p.since
        """
    }
}
