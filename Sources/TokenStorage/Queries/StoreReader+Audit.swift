import GRDB
package import TokenCore

extension StoreReader {
    /// Why a token is as it is: its own lines, and those of its owner's standing, in order. The last ones.
    package func audit(token: UserCode, owner: OwnerID?, limit: Int) throws -> [AuditEvent] {
        try db.rows(
            """
            SELECT \(AuditEvent.columns) FROM (
                SELECT seq, \(AuditEvent.columns) FROM audit WHERE token = ?1
                UNION ALL
                SELECT seq, \(AuditEvent.columns) FROM audit
                WHERE token IS NULL AND owner_source = ?2 AND owner_id = ?3
            ) ORDER BY seq DESC LIMIT ?4
            """,
            [token.stored, owner?.source, owner?.id, limit]
        ) { try AuditEvent(row: $0) }.reversed()
    }

    /// What happened to somebody and to all tokens of theirs that are on record, in order. The last ones.
    package func audit(of owner: OwnerID, limit: Int) throws -> [AuditEvent] {
        try db.rows(
            """
            SELECT \(AuditEvent.columns) FROM (
                SELECT seq, \(AuditEvent.columns) FROM audit
                WHERE token IS NULL AND owner_source = ?1 AND owner_id = ?2
                UNION ALL
                SELECT seq, \(AuditEvent.columns) FROM audit
                WHERE token IN (SELECT id FROM token WHERE owner_source = ?1 AND owner_id = ?2)
            ) ORDER BY seq DESC LIMIT ?3
            """,
            [owner.source, owner.id, limit]
        ) { try AuditEvent(row: $0) }.reversed()
    }

    /// Follows the chain from the first line to the last one that SQLite ever numbered.
    package func verifyAudit() throws -> AuditVerification {
        var tail = AuditTail.empty
        let isWhole = try followAudit(from: tail) { _, next in tail = next }
        return isWhole ? .intact(lines: tail.seq, head: tail.hash) : .broken(seq: tail.seq + 1)
    }

    /// The lines after `tail`, each with the tail that it makes, as long as they hold together. False when
    /// one does not, or when the last ones are missing.
    func followAudit(
        from tail: AuditTail, _ take: (_ event: AuditEvent, _ next: AuditTail) throws -> Void
    ) throws -> Bool {
        var tail = tail
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT seq, hash, \(AuditEvent.columns(in: db)) FROM audit WHERE seq > ? ORDER BY seq
                """,
            arguments: [tail.seq])
        while let row = try rows.next() {
            guard let event = try? AuditEvent(row: row, at: 2) else { return false }
            let next = tail.appending(event)
            guard row[0] == next.seq, try row.bytes(1) == next.hash else { return false }
            tail = next
            try take(event, next)
        }
        // AUTOINCREMENT keeps the largest number given, so lines cut off the end are missed
        // (https://www.sqlite.org/autoinc.html).
        let last = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'audit'") ?? 0
        return last == tail.seq
    }

    /// Oldest first.
    package func audit(_ query: AuditQuery) throws -> [TrailLine] {
        var conditions = Conditions()
        if let token = query.token { conditions.add("token = ?", token.stored) }
        if let owners = query.owners {
            let pairs = owners.map { _ in "(?, ?)" }.joined(separator: ", ")
            conditions.add("(owner_source, owner_id) IN (VALUES \(pairs))")
            for owner in owners { conditions.add(arguments: owner.source, owner.id) }
        }
        if let kind = query.kind { conditions.add("kind = ?", kind.rawValue) }
        if let by = query.by { conditions.add("instr(by, ?) > 0", by) }
        if let since = query.since { conditions.add("at >= ?", since.milliseconds) }
        if let after = query.after { conditions.add("seq > ?", after) }
        if let before = query.before { conditions.add("seq < ?", before) }
        let lines = try db.rows(
            """
            SELECT seq, hash, \(AuditEvent.columns) FROM audit \(conditions.clause)
            ORDER BY seq \(query.after == nil ? "DESC" : "") LIMIT ?
            """, conditions.arguments + [query.limit]
        ) { row in
            TrailLine(
                head: AuditHead(seq: row[0], hash: try row.bytes(1) ?? []),
                event: try AuditEvent(row: row, at: 2))
        }
        return query.after == nil ? lines.reversed() : lines
    }

    /// The last line there is in this snapshot.
    package var auditHead: AuditHead { get throws { try AuditTail(db).head } }

    /// Whether the trail goes through it. The one before the first line is in every trail.
    package func hasAudit(_ head: AuditHead) throws -> Bool {
        head == AuditTail.empty.head ? true : try auditHash(of: head.seq) == head.hash
    }

    /// nil when there is no such line.
    func auditHash(of seq: Int64) throws -> [UInt8]? {
        try db.row("SELECT hash FROM audit WHERE seq = ?", [seq]) { try $0.bytes(0) ?? [] }
    }
}
