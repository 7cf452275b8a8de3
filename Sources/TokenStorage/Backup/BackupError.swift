/// Why no backup was made, or none restored. Whatever it was, the database and older backups are as before.
package enum BackupError: Error, Hashable, Sendable {
    case storage(StorageError)
    /// There is no database to back up, or no backup to restore.
    case missing(path: String)
    /// The database is another user's.
    case forbidden(path: String)
    /// A file is there already. Only replaced when that was asked for.
    case exists(path: String)
    /// The backup is to be written over the database itself, or the database restored from itself.
    case sameFile(path: String)
    /// A file beside the database or the backup cannot be made, flushed or renamed.
    case files(path: String, detail: String)
    /// SQLite's integrity check finds something.
    case damaged(path: String, detail: String)
    /// The audit trail was changed at this line.
    case auditBroken(path: String, seq: Int64)
    /// Restoring could make valid again what was taken away since: somebody has to decide.
    case undecided(TrailLoss)
}

/// Why it is not known what was revoked, rotated or purged after a backup.
package enum TrailLoss: Hashable, Sendable {
    /// There is no database in place.
    case noDatabase
    /// The one that is there cannot be read.
    case unreadable(String)
    /// Its audit trail does not go through the backup's last line: another history, or a shorter one.
    case otherHistory
    /// It does, and is broken or cut after this line.
    case broken(after: Int64)
}

extension BackupError {
    init(_ error: any Error) {
        self = error as? BackupError ?? .storage(.closing(error))
    }
}

extension BackupError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .storage(let error): "\(error)"
        case .missing(let path): "there is no \(path)"
        case .forbidden(let path): "\(path) may not be read or written by this user"
        case .exists(let path): "\(path) is there already"
        case .sameFile(let path): "\(path) is the database itself"
        case .files(let path, let detail): "cannot write \(path): \(detail)"
        case .damaged(let path, let detail): "\(path) is damaged: \(detail)"
        case .auditBroken(let path, let seq): "the audit trail of \(path) is broken at line \(seq)"
        case .undecided(let loss): "it is not known what was revoked after the backup: \(loss)"
        }
    }
}

extension TrailLoss: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noDatabase: "there is no database in place"
        case .unreadable(let why): "the database in place cannot be read (\(why))"
        case .otherHistory: "the database in place has another history, or a shorter one"
        case .broken(let line): "the audit trail of the database in place is broken or cut after line \(line)"
        }
    }
}
