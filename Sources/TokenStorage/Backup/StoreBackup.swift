import Glibc

/// A copy of the database, made while the daemon runs, and checked before it gets its name.
///
/// The daemon has no part in it: SQLite lets another process read one snapshot of the database, and who may
/// read its file is for the kernel to say.
package enum StoreBackup {
    package struct Options: Sendable {
        /// Whether a file that is there may be replaced.
        package var replacing = false
        /// Whether a trail that does not hold together is to be kept nevertheless.
        package var acceptBrokenAudit = false

        package init() {}
    }

    /// Makes `target`, mode 0600. Blocking.
    package static func make(
        of database: String, at target: String, _ options: Options = Options(),
        progress: @escaping (BackupProgress) -> Void = { _ in }
    ) throws(BackupError) -> BackupFacts {
        defer { progress(.done) }
        let database = DatabaseFile.place(of: database)
        do {
            try check(database, target, options)
            let partial = "\(target).\(getpid()).partial"
            DatabaseCopy.discard(partial)
            try DatabaseCopy.make(of: database, at: partial, progress: progress)
            do {
                progress(.checking)
                let facts = try DatabaseCheck.facts(partial, acceptBrokenAudit: options.acceptBrokenAudit)
                try FileReplacement.put(partial, at: target, replacing: options.replacing)
                return facts
            } catch {
                DatabaseCopy.discard(partial)
                throw error
            }
        } catch {
            throw BackupError(error)
        }
    }

    private static func check(_ database: String, _ target: String, _ options: Options) throws {
        guard access(database, R_OK) == 0 else {
            guard errno != EACCES else { throw BackupError.forbidden(path: database) }
            guard errno == ENOENT else {
                throw StorageError.cannotOpen(path: database, detail: String(cString: strerror(errno)))
            }
            throw BackupError.missing(path: database)
        }
        for file in [database, database + "-wal", database + "-shm"]
        where FileReplacement.isSame(file, target) { throw BackupError.sameFile(path: target) }
        guard options.replacing || access(target, F_OK) != 0 else { throw BackupError.exists(path: target) }
        try DatabaseFile.inspect(database)
    }
}
