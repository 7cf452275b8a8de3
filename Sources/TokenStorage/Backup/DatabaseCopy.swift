import GRDB
import Glibc

/// Copies a database, be it in use, into a lone file: no log beside it, mode 0600, on the disk when done.
enum DatabaseCopy {
    /// Between two reports of progress: 8 MiB of pages of 4 KiB.
    private static let pagesPerStep: CInt = 2048

    /// `target` must not be there: what is, is refused and left as it is. What a failure leaves of one's own
    /// is removed.
    static func make(
        of source: String, at target: String, progress: @escaping (BackupProgress) -> Void
    ) throws {
        try DatabaseFile.create(at: target)
        do {
            try copy(source, to: target, progress)
            try settle(target)
            try FileReplacement.synchronize(target)
        } catch {
            discard(target)
            guard case .full = StorageError.closing(error) else { throw error }
            // The source is only read: the disk that is full is the copy's.
            throw BackupError.files(path: target, detail: "its disk is full")
        }
    }

    static func discard(_ path: String) {
        for file in [path, path + "-journal", path + "-wal", path + "-shm"] { unlink(file) }
    }

    private static func copy(
        _ source: String, to target: String, _ progress: @escaping (BackupProgress) -> Void
    ) throws {
        let from = try DatabaseQueue(path: source, configuration: ConnectionSettings.inspection)
        defer { try? from.close() }
        let to = try DatabaseQueue(path: target, configuration: ConnectionSettings.scratch)
        defer { try? to.close() }
        try from.read { db in
            // One snapshot for all the steps: a backup whose source has no transaction open begins again
            // with each commit of another process (https://www.sqlite.org/c3ref/backup_finish.html).
            _ = try AuditTail(db)
            try to.writeWithoutTransaction { copy in
                try db.backup(to: copy, pagesPerStep: pagesPerStep) { done in
                    let share = Double(done.completedPageCount) / Double(max(1, done.totalPageCount))
                    progress(.copying(share))
                }
            }
        }
    }

    /// The copied header says that a log belongs to the file. One file is easier to carry.
    private static func settle(_ path: String) throws {
        let queue = try DatabaseQueue(path: path, configuration: ConnectionSettings.scratch)
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { db in
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
            guard mode == "delete" else {
                throw BackupError.files(path: path, detail: "its journal mode stays \(mode ?? "unknown")")
            }
        }
    }
}
