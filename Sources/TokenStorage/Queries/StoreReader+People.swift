import GRDB
package import TokenCore

extension StoreReader {
    package func person(_ id: OwnerID) throws -> PersonRecord? {
        try db.row(
            "SELECT \(PersonRecord.columns) FROM person p WHERE p.source = ? AND p.id = ?",
            [id.source, id.id]
        ) { try PersonRecord(row: $0) }
    }

    /// Logins compare folded. Several people may have had one over time, and in different sources.
    package func people(login: String, source: String?, includingGone: Bool = false) throws -> [PersonRecord]
    {
        try people(
            where: "p.login_folded = ?", Person.fold(login), source: source, includingGone: includingGone)
    }

    package func people(email: String, source: String?, includingGone: Bool = false) throws -> [PersonRecord]
    {
        try people(
            where: "p.email_folded = ?", Person.fold(email), source: source, includingGone: includingGone)
    }

    private func people(
        where label: String, _ value: String, source: String?, includingGone: Bool
    ) throws -> [PersonRecord] {
        var conditions = Conditions()
        conditions.add(label, value)
        // The unary plus keeps SQLite on the label's index (https://www.sqlite.org/optoverview.html).
        if let source { conditions.add("+p.source = ?", source) }
        if !includingGone { conditions.add("+p.standing <> 'gone'") }
        return try db.rows(
            "SELECT \(PersonRecord.columns) FROM person p \(conditions.clause) ORDER BY p.source, p.id",
            conditions.arguments
        ) { try PersonRecord(row: $0) }
    }

    package func people(_ query: PersonQuery) throws -> [PersonRecord] {
        var conditions = Conditions()
        if let source = query.source { conditions.add("p.source = ?", source) }
        if let standing = query.standing { conditions.add("p.standing = '\(standing.rawValue)'") }
        if let after = query.after { conditions.add("(p.source, p.id) > (?, ?)", after.source, after.id) }
        let absent = query.standing.map { $0 != .present } ?? false
        // Says what SQLite cannot prove by itself, and the partial index needs.
        if absent { conditions.add("p.standing <> 'present'") }
        return try db.rows(
            """
            SELECT \(PersonRecord.columns)
            FROM person p \(absent ? "INDEXED BY person_absent" : "")
            \(conditions.clause) ORDER BY p.source, p.id LIMIT ?
            """,
            conditions.arguments + [query.limit]
        ) { try PersonRecord(row: $0) }
    }

    package func peopleCount() throws -> Int {
        try db.row("SELECT count(*) FROM person") { $0[0] } ?? 0
    }

    /// Those with tokens neither revoked nor purged, ordered by id, as far as their ids are wanted. Who has
    /// no row counts as present.
    package func owners(
        of source: String, where isWanted: (String) -> Bool = { _ in true }
    ) throws -> [OwnerSummary] {
        var owners: [OwnerSummary] = []
        try db.forEach(
            """
            SELECT t.owner_id,
            coalesce((SELECT p.standing FROM person p INDEXED BY person_absent
                WHERE p.source = t.owner_source AND p.id = t.owner_id AND p.standing <> 'present'), 'present')
            FROM token t INDEXED BY token_owner
            WHERE t.owner_source = ? AND t.ending IS NULL GROUP BY t.owner_id
            """,
            [source]
        ) { row in
            let id: String = row[0]
            guard isWanted(id) else { return }
            owners.append(OwnerSummary(id: OwnerID(source: source, id: id), standing: try row.word(1)))
        }
        return owners
    }

    /// How many owners a source has, counted no further than to `limit`.
    package func ownerCount(of source: String, atMost limit: Int) throws -> Int {
        try db.row(
            """
            SELECT count(*) FROM (
                SELECT DISTINCT owner_id FROM token INDEXED BY token_owner
                WHERE owner_source = ? AND ending IS NULL LIMIT ?
            )
            """,
            [source, limit]
        ) { $0[0] } ?? 0
    }

    /// The people of a source who were taken for gone or missing after `time` and by `now`, by a look-up. By
    /// the indexes of the few who are not present: it is asked for each change.
    package func removed(of source: String, after time: Timestamp, by now: Timestamp) throws -> Set<String> {
        Set(
            try db.rows(
                """
                SELECT id FROM person INDEXED BY person_gone
                WHERE source = ?1 AND standing = 'gone' AND since > ?2 AND since <= ?3
                AND evidence IS NOT NULL
                UNION ALL
                SELECT id FROM person INDEXED BY person_absent
                WHERE source = ?1 AND standing <> 'present' AND standing = 'missing' AND since > ?2
                AND since <= ?3 AND evidence IS NOT NULL
                """,
                [source, time.milliseconds, now.milliseconds]
            ) { $0[0] as String })
    }
}
