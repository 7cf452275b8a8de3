import GRDB
import TokenCore

/// Brings a copy of a backup up to what is known of the time after it. In one transaction of its caller's.
struct Restoration {
    let present: PresentDatabase
    let options: RestoreOptions
    var report: RestoreReport

    init(_ backup: BackupFacts, _ present: PresentDatabase, _ options: RestoreOptions) {
        self.present = present
        self.options = options
        report = RestoreReport(backup: backup, loss: present.loss)
    }

    mutating func apply(to db: Database) throws {
        var writer = StoreWriter(db: db, tail: try AuditTail(db))
        try carryTrail(&writer)
        let detail = "a backup of line \(report.backup.revision); \(report.linesKept) later lines kept"
        try writer.append(
            AuditEvent(at: options.now, kind: .storageRestored, by: options.by, detail: detail))
        try carryTokens(&writer)
        try carryPeople(&writer)
        try carryClock(&writer)
        if case .revokeIssued(let time) = options.unknown { try revoke(issuedBefore: time, &writer) }
        // So that every directory is read whole at the next start: what a cookie stands for has moved on.
        try db.run("UPDATE source_state SET last_attempt_at = NULL, cookie = NULL")
        report.revision = writer.tail.seq
        report.live = try Int.fetchOne(db, sql: "SELECT count(*) FROM token WHERE ending IS NULL") ?? 0
    }

    private mutating func carryTrail(_ writer: inout StoreWriter) throws {
        for event in present.trail { try writer.append(event) }
        guard writer.tail == present.tail else {
            throw StorageError.corrupt(detail: "the audit trail does not continue the backup's")
        }
        report.linesKept = present.trail.count
    }

    private mutating func carryTokens(_ writer: inout StoreWriter) throws {
        let lines = Dictionary(grouping: present.trail.filter { $0.token != nil }) { $0.token }
        var known: [(TokenRecord, TokenAftermath)] = []
        for (id, events) in lines {
            guard let id else { continue }
            let aftermath = TokenAftermath(events)
            if let record = try writer.reader.token(id) {
                known.append((record, aftermath))
            } else if case .ended = aftermath {
                continue
            } else {
                report.forgotten.append(id)
            }
        }
        // Names may have been swapped since: whoever is to be written again gives theirs free first.
        for (record, _) in known { try stepAside(record, writer.db) }
        for (record, aftermath) in known.sorted(by: { $0.0.id.value < $1.0.id.value }) {
            try carry(record, aftermath, &writer)
        }
        report.forgotten.sort { $0.value < $1.value }
    }

    private func stepAside(_ record: TokenRecord, _ db: Database) throws {
        try db.run(
            "UPDATE token SET ending = 'purged', ended_at = 0 WHERE id = ? AND ending IS NULL",
            [record.id.stored])
    }

    private mutating func carry(
        _ known: TokenRecord, _ aftermath: TokenAftermath, _ writer: inout StoreWriter
    ) throws {
        var record = known
        switch aftermath {
        case .unchanged:
            guard try isNameFree(for: record, writer.reader) else {
                return try revoke(record, "another token has its name, and since when is lost", &writer)
            }
        case .changed:
            if let latest = present.tokens[known.id], try isNameFree(for: latest, writer.reader) {
                record = latest
                report.carriedOver.append(record.id)
            } else if record.ending == nil {
                return try revoke(record, "changed after the backup, and how is lost", &writer)
            }
        case .ended(_, isChanged: true) where present.tokens[known.id] == nil:
            // Its latest secret is lost: not even by a restored tombstone may the former one come back.
            report.ended.append(record.id)
            return try writer.forgetToken(record.id)
        case .ended(let ending, _):
            record = present.tokens[known.id] ?? record
            record.ending = record.ending ?? ending
            record.previous = nil
            report.ended.append(record.id)
        }
        try writer.update(record)
    }

    /// Rows may tell of later days than a trail that breaks off: that a name was given on, and not that it
    /// had become free.
    private func isNameFree(for record: TokenRecord, _ reader: StoreReader) throws -> Bool {
        guard record.ending == nil else { return true }
        let holder = try reader.liveToken(owner: record.owner, audience: record.audience, name: record.name)
        return holder == nil
    }

    private func carryClock(_ writer: inout StoreWriter) throws {
        guard let latest = present.clock else { return }
        if let mark = try writer.reader.clockMark(), mark.at >= latest.at { return }
        try writer.put(latest)
    }

    /// By the latest drawing of its secret, which is its making or a rotation.
    private mutating func revoke(issuedBefore time: Timestamp, _ writer: inout StoreWriter) throws {
        let tokens = try writer.db.rows(
            """
            SELECT \(TokenRecord.columns) FROM token t WHERE t.ending IS NULL AND max(t.created_at, coalesce(
                (SELECT max(a.at) FROM audit a WHERE a.token = t.id AND a.kind = 'token.rotated'), 0)) < ?
            ORDER BY t.id
            """, [time.milliseconds], TokenRecord.init(row:))
        for token in tokens {
            try revoke(token, "issued before the time given with a restored backup", &writer)
        }
    }

    private mutating func revoke(
        _ token: TokenRecord, _ reason: String, _ writer: inout StoreWriter
    ) throws {
        var token = token
        token.ending = Ending(kind: .revoked, at: options.now, reason: reason)
        token.previous = nil
        token.updatedAt = options.now
        try writer.update(token)
        try writer.append(
            AuditEvent(
                at: options.now, kind: .tokenRevoked, token: token.id, owner: token.owner, by: options.by,
                detail: reason))
        report.revoked.append(token.id)
    }
}
