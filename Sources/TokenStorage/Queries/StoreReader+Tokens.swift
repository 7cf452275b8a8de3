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

    /// Neither revoked nor purged, and not changed since their time was over before `time`: what was, as by a
    /// restore, has its time anew. Soonest expired first.
    package func expiredTokens(before time: Timestamp, limit: Int) throws -> [TokenRecord] {
        try db.rows(
            """
            SELECT \(TokenRecord.columns) FROM token t
            WHERE t.ending IS NULL AND t.expires_at IS NOT NULL AND t.expires_at < ?1 AND t.updated_at < ?1
            ORDER BY t.expires_at LIMIT ?2
            """,
            [time.milliseconds, limit], TokenRecord.init(row:))
    }

    /// Revoked and purged ones that ended before `time`, the longest ago first: tombstones whose time is
    /// over.
    package func tombstones(endedBefore time: Timestamp, limit: Int) throws -> [UserCode] {
        try db.rows(
            "SELECT id FROM token WHERE ending IS NOT NULL AND ended_at < ? ORDER BY ended_at LIMIT ?",
            [time.milliseconds, limit]
        ) { try $0.userCode(0) }
    }
}
