import GRDB
package import TokenCore

extension StoreReader {
    /// How many tokens are in each state, of which there are any: by whoever knows how many are `revoked`,
    /// and how many `live`, which is neither revoked nor purged. So only those are counted here that an index
    /// is kept of: the purged, the expired, and those of absent owners.
    package func tokensByState(live: Int, revoked: Int, now: Timestamp) throws -> [TokenState: Int] {
        let absent = try absentOwners(now: now)
        let gone = absent[.gone] ?? (0, 0)
        let away = absent.filter { $0.key != .gone }.values.reduce((all: 0, expired: 0)) {
            ($0.all + $1.all, $0.expired + $1.expired)
        }
        let expired = try expiredCount(now: now) - gone.expired
        let suspended = away.all - away.expired
        let purged = try db.row(
            "SELECT count(*) FROM token t INDEXED BY token_ending WHERE t.ending = 'purged'"
        ) { $0[0] as Int }
        let counts: [TokenState: Int] = [
            // What is known besides is of another moment, if only just.
            .active: max(0, live - gone.all - suspended - expired), .expired: expired,
            .suspended: suspended, .obsolete: gone.all, .revoked: revoked, .purged: purged ?? 0,
        ]
        return counts.filter { $0.value > 0 }
    }

    private func absentOwners(now: Timestamp) throws -> [Standing: (all: Int, expired: Int)] {
        let rows = try db.rows(
            """
            SELECT p.standing, count(*), count(*) FILTER (WHERE t.expires_at <= ?1)
            FROM person p INDEXED BY person_absent CROSS JOIN token t INDEXED BY token_owner
            ON t.owner_source = p.source AND t.owner_id = p.id
            WHERE p.standing <> 'present' AND t.ending IS NULL GROUP BY p.standing
            """,
            [now.milliseconds]
        ) { row in (try row.word(0) as Standing, (all: row[1] as Int, expired: row[2] as Int)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private func expiredCount(now: Timestamp) throws -> Int {
        try db.number(
            """
            SELECT count(*) FROM token t INDEXED BY token_expires
            WHERE t.ending IS NULL AND t.expires_at IS NOT NULL AND t.expires_at <= ?
            """
        ) { $0.add(now.milliseconds) }
    }
}
