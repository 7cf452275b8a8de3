import GRDB
import Glibc
import TokenCore

/// Whether a database that no daemon has open is what it should be, and what is in it.
enum DatabaseCheck {
    /// Throws `BackupError` when the file is not ours, is damaged, or has a broken audit trail.
    static func facts(_ path: String, acceptBrokenAudit: Bool) throws -> BackupFacts {
        try DatabaseFile.inspect(path)
        let queue = try DatabaseQueue(path: path, configuration: ConnectionSettings.inspection)
        defer { try? queue.close() }
        return try queue.read { db in
            try checkIntegrity(db, path: path)
            if !acceptBrokenAudit, case .broken(let seq) = try StoreReader(db: db).verifyAudit() {
                throw BackupError.auditBroken(path: path, seq: seq)
            }
            return try facts(db, path: path)
        }
    }

    static func checkIntegrity(_ db: Database, path: String) throws {
        // One finding is enough to refuse it.
        let finding = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? ""
        guard finding == "ok" else { throw BackupError.damaged(path: path, detail: finding) }
    }

    private static func facts(_ db: Database, path: String) throws -> BackupFacts {
        let tail = try AuditTail(db)
        let count = { (sql: String) in try Int.fetchOne(db, sql: sql) ?? 0 }
        let keys = """
            SELECT sealed_key FROM token WHERE sealed_key IS NOT NULL
            UNION SELECT sealed_key FROM idempotent ORDER BY 1
            """
        var info = stat()
        let bytes = stat(path, &info) == 0 ? Int64(info.st_size) : 0
        return BackupFacts(
            revision: tail.seq, head: tail.hash,
            lastLineAt: try Int64.fetchOne(db, sql: "SELECT at FROM audit ORDER BY seq DESC LIMIT 1")
                .map(Timestamp.init(milliseconds:)),
            schema: try count("PRAGMA user_version"),
            liveTokens: try count("SELECT count(*) FROM token WHERE ending IS NULL"),
            endedTokens: try count("SELECT count(*) FROM token WHERE ending IS NOT NULL"),
            people: try count("SELECT count(*) FROM person"),
            keys: try String.fetchAll(db, sql: keys), bytes: bytes)
    }
}
