import CSQLite
import GRDB
import Glibc
package import TokenCore

/// Tokens, people, sync state and the audit trail in one SQLite file.
package final class TokenStore: Sendable {
    package let path: String

    private let lock: StoreLock
    let pool: DatabasePool
    let commits: GroupCommit

    /// Takes the lock, looks at the file before anything is changed, opens and migrates. Blocking.
    package init(path: String) throws(StorageError) {
        let path = DatabaseFile.place(of: path)
        self.path = path
        csqlite_keep_no_memory_figures()
        try DatabaseFile.checkDirectory(of: path)
        lock = try StoreLock(database: path)
        try DatabaseFile.checkNotLost(path)
        try DatabaseFile.createIfMissing(at: path)
        try DatabaseFile.checkAccess(of: path)
        try DatabaseFile.inspect(path)
        try DatabaseFile.rewriteLog(of: path)
        do {
            pool = try DatabasePool(path: path, configuration: ConnectionSettings.pool)
            try ConnectionSettings.setUpWriter(pool)
            let checkpoint = Checkpoint()
            // GRDB has written to the log by now without a flush, and a flush that fails later could lose
            // that, with all commits that are chained to it.
            try pool.writeWithoutTransaction(checkpoint.finish)
            try Schema.migrator.migrate(pool)
            pool.writeWithoutTransaction(checkpoint.watch)
            commits = GroupCommit(
                pool: pool, tail: try pool.read(AuditTail.init), checkpoint: checkpoint)
        } catch {
            throw Self.opening(error, path: path)
        }
    }

    /// Where the database is that has this path: somewhere else, if that is a link.
    package static func place(of path: String) -> String { DatabaseFile.place(of: path) }

    /// `observer` is called on the writer's thread after each commit that changed something, in the order of
    /// commits, before any of its mutations is acknowledged. Set once, before the first mutation.
    package func observe(_ observer: @escaping @Sendable (StoreCommit) -> Void) {
        commits.observe(observer)
    }

    package func facts() -> StorageFacts {
        let bytes = [path, path + "-wal"].reduce(Int64(0)) { sum, file in
            var info = stat()
            return stat(file, &info) == 0 ? sum + Int64(info.st_size) : sum
        }
        var system = statvfs()
        let free = statvfs(path, &system) == 0 ? Int64(system.f_bavail) * Int64(system.f_frsize) : 0
        return StorageFacts(
            bytesOnDisk: bytes, logBytes: commits.checkpoint.logBytes, bytesFree: free,
            waiting: commits.waiting, schemaVersion: Schema.version,
            revision: commits.revision, checkpointFailure: commits.checkpoint.failure)
    }

    /// The last line of the audit trail that is on the disk.
    package var auditHead: AuditHead { commits.head }

    /// Lets the mutations that wait be done, refuses later ones, and lets go of the file and its lock.
    package func close() async {
        let (pool, lock, checkpoint) = (pool, lock, commits.checkpoint)
        await commits.close {
            // If it fails, the log beside the database holds the rest, and the next start finds it there:
            // nothing is lost, and nobody is left to be told.
            try? pool.writeWithoutTransaction(checkpoint.finish)
            try? pool.close()
            lock.release()
        }
    }

    private static func opening(_ error: any Error, path: String) -> StorageError {
        switch StorageError.closing(error) {
        case .inputOutput(let detail, _): .cannotOpen(path: path, detail: detail)
        case let error: error
        }
    }
}
