/// Why the store could not be opened, or cannot answer now. None of these ever means "no such record".
package enum StorageError: Error, Hashable, Sendable {
    // At start: needs the administrator.

    /// Another daemon holds the lock; its process id, when the lock file tells.
    case inUse(path: String, pid: Int32?)
    /// The database was written by a newer program. Nothing was changed.
    case fromTheFuture(path: String, schema: Int, known: Int)
    /// The file is no SQLite database, or one of another program. Nothing was changed.
    case notADatabase(path: String)
    case cannotOpen(path: String, detail: String)
    /// There is no database, and there was one: `traces` are the files that say so.
    case lost(path: String, traces: [String])
    case keyUnreadable(path: String, detail: String)
    /// Others than its owner may read the key file: to be closed, and replaced by a rotation once the daemon
    /// runs. It must stay, for it opens what it sealed.
    case keyTooOpen(path: String, mode: UInt32)
    /// The key's folder cannot be written, as one of systemd's credentials: the next key has to be laid down
    /// by whoever fills it.
    case keyFolderReadOnly(path: String, detail: String)

    // During operation: nothing of the mutation is acknowledged. `code` is SQLite's extended result code.

    /// The disk is full. Try again when there is room.
    case full(detail: String)
    case inputOutput(detail: String, code: Int32)
    /// Somebody outside holds the database for longer than the busy time-out. Try again.
    case busy
    /// The database is damaged. Needs a backup.
    case corrupt(detail: String)
    case closed
    /// SQLite refused in a way this program did not foresee: a bug.
    case unforeseen(detail: String, code: Int32)
}

extension StorageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .inUse(let path, let pid):
            "\(path) is in use by another daemon" + (pid.map { " (process \($0))" } ?? "")
        case .fromTheFuture(let path, let schema, let known):
            "\(path) has schema \(schema); this program knows \(known) at most, so it is too old for it"
        case .notADatabase(let path): "\(path) is not a tokenagent database"
        case .cannotOpen(let path, let detail): "cannot open \(path): \(detail)"
        case .lost(let path, let traces):
            "\(path) is not there, or empty, though there was one (\(traces.joined(separator: ", "))): "
                + "put it back, or `tokenagent restore BACKUP`; if it is meant to be gone, remove these files"
        case .keyUnreadable(let path, let detail): "cannot read the sealing key \(path): \(detail)"
        case .keyTooOpen(let path, let mode):
            "the sealing key \(path) may be read by others than its owner (mode \(String(mode, radix: 8))): "
                + "close it (chmod 400) and start, then `tokenagent key rotate`, for who may have read it; "
                + "do not remove it, it opens what it sealed"
        case .keyFolderReadOnly(let path, let detail):
            "the folder of the sealing key \(path) cannot be written (\(detail)): lay the next key, 32 "
                + "random bytes, down beside it as seal.key.next, by what fills that folder "
                + "(LoadCredential=), and restart; the daemon then seals anew by itself"
        case .full(let detail): "the database's disk is full: \(detail)"
        case .inputOutput(let detail, let code): "the database cannot be read or written: \(detail) (\(code))"
        case .busy: "the database is held by another process"
        case .corrupt(let detail): "the database is damaged: \(detail)"
        case .closed: "the database is closed"
        case .unforeseen(let detail, let code): "SQLite refused: \(detail) (\(code))"
        }
    }
}
