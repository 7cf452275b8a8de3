import GRDB
package import TokenCore

extension StoreReader {
    /// Ordered by creation time, then id.
    ///
    /// After a cursor: first the rest of its moment, then what was made later. Asked as one range, the
    /// tokens of that moment would all be read again for each page, and an import has made thousands in one.
    package func tokens(_ query: TokenQuery) throws -> [TokenRecord] {
        guard let cursor = query.after else { return try tokens(query, made: .anytime) }
        let rest = query.covers(cursor.createdAt) ? try tokens(query, made: .with(cursor)) : []
        guard rest.count < query.limit else { return rest }
        var later = query
        later.limit -= rest.count
        return rest + (try tokens(later, made: .after(cursor)))
    }

    private func tokens(_ query: TokenQuery, made: Made) throws -> [TokenRecord] {
        let statement = statement(for: query, made: made)
        return try db.rows(statement.sql, statement.arguments, TokenRecord.init(row:))
    }

    /// Which part of a list is asked for.
    enum Made {
        case anytime
        /// In the same moment, further on in the order of ids.
        case with(TokenQuery.Cursor)
        case after(TokenQuery.Cursor)

        /// One beginning and one end: of two, SQLite would look for one and filter by the other.
        fileprivate func add(to conditions: inout Conditions, of query: TokenQuery) {
            var first = query.createdAfter
            switch self {
            case .anytime: break
            case .with(let cursor):
                conditions.add("t.created_at = ?", cursor.createdAt.milliseconds)
                conditions.add("t.id > ?", cursor.id.stored)
                return
            case .after(let cursor):
                let next = cursor.createdAt + .milliseconds(1)
                first = [query.createdAfter, next].compactMap { $0 }.max()
            }
            if let first { conditions.add("t.created_at >= ?", first.milliseconds) }
            if let end = query.createdBefore { conditions.add("t.created_at < ?", end.milliseconds) }
        }
    }

    func statement(
        for query: TokenQuery, made: Made = .anytime
    ) -> (sql: String, arguments: [(any DatabaseValueConvertible)?]) {
        var conditions = Conditions()
        if let owner = query.owner {
            conditions.add("t.owner_source = ?", owner.source)
            conditions.add("t.owner_id = ?", owner.id)
        }
        if let audience = query.audience { conditions.add("t.audience = ?", audience) }
        made.add(to: &conditions, of: query)
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

extension TokenQuery {
    fileprivate func covers(_ time: Timestamp) -> Bool {
        createdAfter.map { $0 <= time } ?? true && createdBefore.map { time < $0 } ?? true
    }
}
