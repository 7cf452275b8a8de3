import GRDB
package import TokenCore

extension StoreReader {
    /// Tombstones as well.
    package func token(_ id: UserCode) throws -> TokenRecord? {
        try db.row(
            "SELECT \(TokenRecord.columns) FROM token t WHERE t.id = ?", [id.stored], TokenRecord.init(row:))
    }

    /// The one that is neither revoked nor purged.
    package func liveToken(owner: OwnerID, audience: String, name: String) throws -> TokenRecord? {
        try db.row(
            """
            SELECT \(TokenRecord.columns) FROM token t INDEXED BY token_name
            WHERE t.owner_source = ? AND t.owner_id = ? AND t.audience = ? AND t.name = ? AND t.ending IS NULL
            """,
            [owner.source, owner.id, audience, name], TokenRecord.init(row:))
    }

    /// Those neither revoked nor purged.
    package func tokenCount(owner: OwnerID) throws -> Int {
        try db.number(
            "SELECT count(*) FROM token WHERE owner_source = ? AND owner_id = ? AND ending IS NULL"
        ) { statement in
            statement.add(owner.source)
            statement.add(owner.id)
        }
    }

    /// So many at most, oldest first: those neither revoked nor purged before tombstones, and of either the
    /// newest.
    package func tokens(of owner: OwnerID, limit: Int) throws -> [TokenRecord] {
        let live = try newest(of: owner, "IS NULL", limit: limit)
        let ended = try newest(of: owner, "IS NOT NULL", limit: limit - live.count)
        return (live + ended).sorted { ($0.createdAt, $0.id.value) < ($1.createdAt, $1.id.value) }
    }

    private func newest(of owner: OwnerID, _ ending: String, limit: Int) throws -> [TokenRecord] {
        try db.rows(
            """
            SELECT \(TokenRecord.columns) FROM token t INDEXED BY token_owner
            WHERE t.owner_source = ? AND t.owner_id = ? AND t.ending \(ending)
            ORDER BY t.created_at DESC, t.id DESC LIMIT ?
            """,
            [owner.source, owner.id, limit], TokenRecord.init(row:))
    }

    /// Neither revoked nor purged, their time over before `time`. Soonest expired first.
    package func expiredTokens(before time: Timestamp, limit: Int = .max) throws -> [TokenRecord] {
        try db.rows(
            """
            SELECT \(TokenRecord.columns) FROM token t
            WHERE t.ending IS NULL AND t.expires_at IS NOT NULL AND t.expires_at < ?
            ORDER BY t.expires_at LIMIT ?
            """,
            [time.milliseconds, limit], TokenRecord.init(row:))
    }

    /// Revoked and purged ones that ended before `time`, the longest ago first: tombstones whose time is
    /// over.
    package func tombstones(endedBefore time: Timestamp, limit: Int = .max) throws -> [TokenRecord] {
        try db.rows(
            """
            SELECT \(TokenRecord.columns) FROM token t
            WHERE t.ending IS NOT NULL AND t.ended_at < ? ORDER BY t.ended_at LIMIT ?
            """,
            [time.milliseconds, limit], TokenRecord.init(row:))
    }

    /// Tokens neither revoked nor purged whose owner is gone, both the owner's going and the token's last
    /// change before `time`: a token restored since then has its grace anew.
    package func obsoleteTokens(
        source: String?, ownersGoneBefore time: Timestamp, limit: Int = .max
    ) throws -> [(TokenRecord, PersonRecord)] {
        try db.rows(
            """
            SELECT \(TokenRecord.columns), \(PersonRecord.columns)
            FROM person p INDEXED BY person_gone
            CROSS JOIN token t ON t.owner_source = p.source AND t.owner_id = p.id
            WHERE p.standing = 'gone'\(source == nil ? "" : " AND p.source = ?3") AND p.since < ?1
            AND t.ending IS NULL AND t.updated_at < ?1
            ORDER BY p.source, p.since LIMIT ?2
            """,
            [time.milliseconds, limit] + (source.map { [$0] } ?? [])
        ) { row in
            (try TokenRecord(row: row), try PersonRecord(row: row, at: TokenRecord.columnCount))
        }
    }

    package func tokensByState(now: Timestamp) throws -> [TokenState: Int] {
        let counted = try db.rows(
            """
            SELECT \(TokenStateSQL.expression(now: "?1")), count(*)
            FROM token t \(TokenStateSQL.absentOwner) GROUP BY 1
            """,
            [now.milliseconds]
        ) { row in (try row.word(0) as TokenState, row[1] as Int) }
        return Dictionary(uniqueKeysWithValues: counted)
    }
}
