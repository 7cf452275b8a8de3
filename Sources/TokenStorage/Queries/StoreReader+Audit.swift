import GRDB
package import TokenCore

extension StoreReader {
    /// Why a token is as it is: its own lines, and those of its owner's standing, in order.
    package func audit(token: UserCode, owner: OwnerID?) throws -> [AuditEvent] {
        try db.rows(
            """
            SELECT \(AuditEvent.columns) FROM (
                SELECT seq, \(AuditEvent.columns) FROM audit WHERE token = ?1
                UNION ALL
                SELECT seq, \(AuditEvent.columns) FROM audit
                WHERE token IS NULL AND owner_source = ?2 AND owner_id = ?3
            ) ORDER BY seq
            """,
            [token.stored, owner?.source, owner?.id]
        ) { try AuditEvent(row: $0) }
    }

    /// What happened to somebody and to all tokens of theirs that are on record, in order.
    package func audit(of owner: OwnerID) throws -> [AuditEvent] {
        try db.rows(
            """
            SELECT \(AuditEvent.columns) FROM (
                SELECT seq, \(AuditEvent.columns) FROM audit
                WHERE token IS NULL AND owner_source = ?1 AND owner_id = ?2
                UNION ALL
                SELECT seq, \(AuditEvent.columns) FROM audit
                WHERE token IN (SELECT id FROM token WHERE owner_source = ?1 AND owner_id = ?2)
            ) ORDER BY seq
            """,
            [owner.source, owner.id]
        ) { try AuditEvent(row: $0) }
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
            db, sql: "SELECT seq, hash, \(AuditEvent.columns) FROM audit WHERE seq > ? ORDER BY seq",
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

    /// nil when there is no such line.
    func auditHash(of seq: Int64) throws -> [UInt8]? {
        try db.row("SELECT hash FROM audit WHERE seq = ?", [seq]) { try $0.bytes(0) ?? [] }
    }
}
