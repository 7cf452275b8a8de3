import GRDB
package import TokenCore

extension StoreWriter {
    /// Drops the row: nothing of the token is left but its audit lines.
    package mutating func forgetToken(_ id: UserCode) throws {
        try db.run("DELETE FROM token WHERE id = ?", [id.stored])
        note(.tokenForgotten(id))
    }

    /// Makes room where an owner has `max` revoked tokens: the tenth of them that ended the longest ago is
    /// forgotten, `forgottenMax` at a time.
    package mutating func forgetRevoked(of owner: OwnerID, beyond max: Int) throws {
        let count = try db.number(
            """
            SELECT count(*) FROM (
                SELECT 1 FROM token INDEXED BY token_owner
                WHERE owner_source = ? AND owner_id = ? AND ending = 'revoked' LIMIT ?
            )
            """
        ) { statement in
            statement.add(owner.source)
            statement.add(owner.id)
            statement.add(Int64(max))
        }
        guard count == max else { return }
        // Among the oldest, so that no more are looked at however many there are.
        let oldest = try db.rows(
            """
            SELECT id FROM (
                SELECT id, ended_at FROM token INDEXED BY token_owner
                WHERE owner_source = ? AND owner_id = ? AND ending = 'revoked'
                ORDER BY created_at, id LIMIT ?
            ) ORDER BY ended_at LIMIT ?
            """,
            [owner.source, owner.id, max, Swift.max(1, min(max / 10, Self.forgottenMax))]
        ) { try $0.userCode(0) }
        for id in oldest { try forgetToken(id) }
    }

    private static var forgottenMax: Int { 64 }
}
