import GRDB
package import TokenCore

extension StoreReader {
    /// Ordered by creation time, then id.
    package func tokens(_ query: TokenQuery) throws -> [TokenRecord] {
        let statement = statement(for: query)
        return try db.rows(statement.sql, statement.arguments, TokenRecord.init(row:))
    }

    func statement(for query: TokenQuery) -> (sql: String, arguments: [(any DatabaseValueConvertible)?]) {
        var conditions = Conditions()
        if let owner = query.owner {
            conditions.add("t.owner_source = ?", owner.source)
            conditions.add("t.owner_id = ?", owner.id)
        }
        if let audience = query.audience { conditions.add("t.audience = ?", audience) }
        if let time = query.createdAfter { conditions.add("t.created_at >= ?", time.milliseconds) }
        if let time = query.createdBefore { conditions.add("t.created_at < ?", time.milliseconds) }
        if let cursor = query.after {
            conditions.add("t.created_at >= ?", cursor.createdAt.milliseconds)
            conditions.add("(t.created_at > ? OR t.id > ?)", cursor.createdAt.milliseconds, cursor.id.stored)
        }
        if let state = query.state {
            let condition = TokenStateSQL.condition(state)
            // Bound, not spelled: each text is prepared once, and kept.
            if condition.contains("?") {
                conditions.add(condition, query.now.milliseconds)
            } else {
                conditions.add(condition)
            }
        }
        let sql = """
            SELECT \(TokenRecord.columns) FROM \(tables(for: query))
            \(conditions.clause) ORDER BY t.created_at, t.id LIMIT ?
            """
        return (sql, conditions.arguments + [query.limit])
    }

    /// Begins with whatever is fewest: the tokens of one owner, the absent people, the tombstones, else all
    /// by time.
    private func tables(for query: TokenQuery) -> String {
        guard query.owner == nil else { return "token t INDEXED BY token_owner \(TokenStateSQL.absentOwner)" }
        switch query.state {
        case .suspended, .obsolete:
            return """
                person p INDEXED BY person_absent CROSS JOIN token t INDEXED BY token_owner
                ON t.owner_source = p.source AND t.owner_id = p.id AND p.standing <> 'present'
                """
        case .revoked, .purged: return "token t INDEXED BY token_ending"
        case .expired: return "token t INDEXED BY token_expires \(TokenStateSQL.absentOwner)"
        case .active, nil:
            let index = query.audience == nil ? "token_created" : "token_audience"
            return "token t INDEXED BY \(index)" + (query.state == nil ? "" : " \(TokenStateSQL.absentOwner)")
        }
    }
}
