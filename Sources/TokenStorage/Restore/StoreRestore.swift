import GRDB
import Glibc
import TokenCore

/// Puts a backup in the database's place, while no daemon runs.
package enum StoreRestore {
    /// The moments between which a power cut may fall.
    enum Step: CaseIterable { case copied, applied, logEmptied, formerKept, replaced }

    /// Blocking. Refused with `undecided` when it could make valid again what was taken away after the
    /// backup and nobody said what is to become of that.
    package static func run(
        _ backup: String, over database: String, _ options: RestoreOptions,
        progress: @escaping (BackupProgress) -> Void = { _ in }
    ) throws(BackupError) -> RestoreReport {
        try run(backup, over: database, options, progress: progress, reached: { _ in })
    }

    /// `reached` is for tests: throwing there is as good as a power cut.
    static func run(
        _ backup: String, over database: String, _ options: RestoreOptions,
        progress: @escaping (BackupProgress) -> Void, reached: (Step) throws -> Void
    ) throws(BackupError) -> RestoreReport {
        defer { progress(.done) }
        let database = DatabaseFile.place(of: database)
        do {
            guard access(backup, F_OK) == 0 else { throw BackupError.missing(path: backup) }
            guard !FileReplacement.isSame(backup, database) else {
                throw BackupError.sameFile(path: backup)
            }
            if access(DatabaseFile.directory(of: database), W_OK) != 0, errno == EACCES {
                throw BackupError.forbidden(path: database)
            }
            try DatabaseFile.checkDirectory(of: database)
            let lock = try StoreLock(database: database)
            defer { lock.release() }
            let folder = DatabaseFile.directory(of: database)
            try FileReplacement.give(database + ".lock", likeOwnerOf: folder)

            let new = database + ".restoring"
            DatabaseCopy.discard(new)
            try DatabaseFile.inspect(backup)
            try DatabaseCopy.make(of: backup, at: new, progress: progress)
            try reached(.copied)
            var report: RestoreReport
            do {
                report = try prepare(new, from: backup, for: database, options, progress)
            } catch {
                DatabaseCopy.discard(new)
                throw error
            }
            try reached(.applied)
            if options.dryRun {
                DatabaseCopy.discard(new)
                return report
            }
            report.former = try replace(database, by: new, at: options.now, reached)
            return report
        } catch {
            throw BackupError(error)
        }
    }

    /// Makes of the copy what is to be the database.
    private static func prepare(
        _ new: String, from backup: String, for database: String, _ options: RestoreOptions,
        _ progress: (BackupProgress) -> Void
    ) throws -> RestoreReport {
        progress(.checking)
        let facts: BackupFacts
        do {
            facts = try DatabaseCheck.facts(new, acceptBrokenAudit: options.acceptBrokenAudit)
        } catch {
            throw renamed(error, backup)
        }
        progress(.applying)
        let present = PresentDatabase(
            reading: database, after: AuditTail(seq: facts.revision, hash: facts.head))
        if let loss = present.loss, options.unknown == nil { throw BackupError.undecided(loss) }
        var restoration = Restoration(facts, present, options)
        let queue = try DatabaseQueue(path: new, configuration: ConnectionSettings.scratch)
        do {
            try Schema.migrator.migrate(queue)
            try queue.write { db in try restoration.apply(to: db) }
        } catch {
            try? queue.close()
            throw error
        }
        try queue.close()
        _ = try DatabaseCheck.facts(new, acceptBrokenAudit: options.acceptBrokenAudit)
        let model = access(database, F_OK) == 0 ? database : DatabaseFile.directory(of: database)
        try FileReplacement.give(new, likeOwnerOf: model)
        try FileReplacement.synchronize(new)
        return restoration.report
    }

    /// What is wrong with the copy is wrong with the backup, and that is the name people know.
    private static func renamed(_ error: any Error, _ backup: String) -> any Error {
        switch error {
        case BackupError.damaged(_, let detail): BackupError.damaged(path: backup, detail: detail)
        case BackupError.auditBroken(_, let seq): BackupError.auditBroken(path: backup, seq: seq)
        default: error
        }
    }

    /// Where the former database is kept. Until the last rename it also is in its place, and whole: but one
    /// that is too damaged for its log to be moved into it, which is whole under its other name only.
    private static func replace(
        _ database: String, by new: String, at now: Timestamp, _ reached: (Step) throws -> Void
    ) throws -> String? {
        var former: String?
        let name = "\(database).before-restore-\(stamp(now))"
        if access(database, F_OK) == 0 {
            // A log left beside it would be taken for the new database's, and destroy it.
            let isEmpty = emptyLog(of: database)
            try reached(.logEmptied)
            try FileReplacement.keep(database, as: name)
            if !isEmpty { try setLogAside(of: database, as: name) }
            try reached(.formerKept)
            former = name
        } else {
            // The database is lost, and may be found again: without these it would lack its last changes.
            try setLogAside(of: database, as: name)
        }
        for file in ["-wal", "-shm"] { unlink(database + file) }
        try DatabaseFile.synchronizeDirectory(of: database)
        // What was noted of the former trail need not be in this one; the daemon notes its end anew.
        unlink(AuditHeadFile.path(of: database))
        try FileReplacement.put(new, at: database, replacing: true)
        try reached(.replaced)
        return former
    }

    /// Moves into the database what its log holds. False when it is too damaged for that.
    private static func emptyLog(of path: String) -> Bool {
        do {
            try DatabaseFile.inspect(path)
            try DatabaseFile.rewriteLog(of: path)
            var configuration = Configuration()
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.writeWithoutTransaction { db in
                // The first column tells whether something was left (pragma.html#pragma_wal_checkpoint).
                try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0
            }
        } catch {
            return false
        }
    }

    /// The log of a damaged database, or of one that is gone, goes with it.
    private static func setLogAside(of path: String, as name: String) throws {
        var info = stat()
        guard stat(path + "-wal", &info) == 0, info.st_size > 0 else { return }
        try FileReplacement.keep(path + "-wal", as: name + "-wal")
    }

    /// `20261121T185443Z`: a name that sorts by time.
    private static func stamp(_ time: Timestamp) -> String {
        var seconds = time_t(time.milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        strftime(&text, text.count, "%Y%m%dT%H%M%SZ", &parts)
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
