import GRDB

extension StorageError {
    /// The message alone is kept, never the statement's arguments: those may be digests.
    init(_ error: DatabaseError) {
        let code = error.extendedResultCode.rawValue
        let detail = error.message ?? error.resultCode.description
        switch error.resultCode {
        case .SQLITE_FULL: self = .full(detail: detail)
        // The log's index cannot be made as large as it has to be (`unixShmMap` in os_unix.c), for which
        // SQLite has no other word. Where it is not the disk's room, trying again does no harm.
        case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE:
            self = .full(detail: "no room for the log's index")
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(detail: detail)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_NOMEM, .SQLITE_PERM, .SQLITE_AUTH:
            self = .inputOutput(detail: detail, code: code)
        // GRDB answers with "misuse" once the connection is closed.
        case .SQLITE_MISUSE: self = .closed
        default: self = .unforeseen(detail: detail, code: code)
        }
    }

    /// SQLite's errors in this module's words; a body's own errors pass through as they are.
    static func translating(_ error: any Error) -> any Error {
        (error as? DatabaseError).map(StorageError.init) ?? error
    }

    /// For work that runs no code but this module's, so that its errors are SQLite's or already translated.
    static func closing(_ error: any Error) -> StorageError {
        switch error {
        case let error as StorageError: error
        case let error as DatabaseError: StorageError(error)
        default: .unforeseen(detail: String(describing: error), code: 0)
        }
    }
}
