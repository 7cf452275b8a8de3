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
            let partial = Self.partial(of: target, by: getpid())
            discardAbandoned(beside: target)
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

    private static func partial(of target: String, by process: pid_t) -> String {
        "\(target).\(process).partial"
    }

    /// What a backup of this name left that was killed. It is as large as the database, and the next one
    /// comes under another name: they would fill the disk.
    private static func discardAbandoned(beside target: String) {
        guard let folder = opendir(DatabaseFile.directory(of: target)) else { return }
        defer { closedir(folder) }
        let start = String(target.split(separator: "/").last ?? "") + "."
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name.0) { String(cString: $0) }
            guard name.hasPrefix(start), name.hasSuffix(".partial"),
                let process = pid_t(name.dropFirst(start.count).dropLast(".partial".count)), process > 0,
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            DatabaseCopy.discard(partial(of: target, by: process))
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
