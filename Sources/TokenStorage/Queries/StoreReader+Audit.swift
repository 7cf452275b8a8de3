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

    /// Follows the chain from the first line to the last one that SQLite ever numbered.
    package func verifyAudit() throws -> AuditVerification {
        var tail = AuditTail.empty
        let rows = try Row.fetchCursor(
            db, sql: "SELECT seq, hash, \(AuditEvent.columns) FROM audit ORDER BY seq")
        while let row = try rows.next() {
            let expected = tail.seq + 1
            guard let event = try? AuditEvent(row: row, at: 2) else { return .broken(seq: expected) }
            tail = tail.appending(event)
            guard row[0] == tail.seq, try row.bytes(1) == tail.hash else { return .broken(seq: expected) }
        }
        // AUTOINCREMENT keeps the largest number given, so lines cut off the end are missed
        // (https://www.sqlite.org/autoinc.html).
        let last = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'audit'") ?? 0
        return last == tail.seq ? .intact(lines: tail.seq, head: tail.hash) : .broken(seq: tail.seq + 1)
    }
}
