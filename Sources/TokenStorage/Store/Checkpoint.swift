import CSQLite
import GRDB
import GRDBSQLite
import Synchronization

/// Moves what the log holds into the database, on the writer's thread, when those who waited for the commit
/// have been answered.
///
/// SQLite would do this by itself, and keep it to itself when it fails. But a flush that failed must not be
/// followed by another as if nothing had been: Linux takes the pages for written
/// (https://lwn.net/Articles/752063/). SQLite moves again what this checkpoint has moved, not what earlier
/// ones had that readers kept from its end; then it begins the log anew, and the only other copy is gone.
/// So after a failure the whole database is written over itself first.
final class Checkpoint: Sendable {
    /// In pages of 4 KiB. Four times SQLite's default: the mutations that come meanwhile wait for it.
    static let logPagesMax = 4000
    /// At so many times as much readers are held back, so that the log begins anew.
    static let overdueTimes = 4
    private static let pageBytes = 4096
    private static let chunkBytes = 1 << 20

    private let pagesMax = Atomic(logPagesMax)
    /// What the log held after the last commit.
    private let pages = Atomic(0)
    /// What it has to hold for another try to begin it anew.
    private let pagesToBegin = Atomic(0)
    /// A flush of the database failed.
    private let isDoubtful = Atomic(false)
    private let lastFailure = Mutex<StorageError?>(nil)

    /// Why the log could not be moved when that was tried last; nil when it could.
    var failure: StorageError? { lastFailure.withLock { $0 } }

    /// For a connection that this will outlive, or that writes no more.
    func watch(_ db: Database) {
        let this = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            db.sqliteConnection,
            { this, _, _, pages in
                guard let this else { return SQLITE_OK }
                let checkpoint = Unmanaged<Checkpoint>.fromOpaque(this).takeUnretainedValue()
                checkpoint.pages.store(Int(pages), ordering: .relaxed)
                return SQLITE_OK
            }, this)
    }

    /// Closing a connection must not do unasked what this does with care.
    static func onlyWhenAsked(_ db: Database) throws {
        try check(sqlite3_wal_autocheckpoint(db.sqliteConnection, 0), db)
        try check(csqlite_keep_log_at_close(db.sqliteConnection), db)
    }

    /// After how many pages of the log.
    func set(pagesMax: Int) { self.pagesMax.store(pagesMax, ordering: .relaxed) }

    var isDue: Bool { pages.load(ordering: .relaxed) >= pagesMax.load(ordering: .relaxed) }

    /// How much of the log is in use.
    var logBytes: Int64 { Int64(pages.load(ordering: .relaxed) * Self.pageBytes) }

    /// True when the log has grown far beyond what makes a checkpoint due; and once more for each such
    /// amount: somebody may read for long, and others are not to be held back for them again and again.
    func takeOverdue() -> Bool {
        let (pages, most) = (pages.load(ordering: .relaxed), pagesMax.load(ordering: .relaxed))
        guard pages >= most * Self.overdueTimes else {
            pagesToBegin.store(0, ordering: .relaxed)
            return false
        }
        guard pages >= pagesToBegin.load(ordering: .relaxed) else { return false }
        pagesToBegin.store(pages + most, ordering: .relaxed)
        return true
    }

    /// All of it, so that the next commit begins the log anew; while nobody of this process reads. Who does
    /// in another is not waited for.
    func beginAnew(_ db: Database) throws {
        sqlite3_busy_timeout(db.sqliteConnection, 0)
        defer {
            sqlite3_busy_timeout(db.sqliteConnection, Int32(ConnectionSettings.busyTimeoutSeconds * 1000))
        }
        try run(db, SQLITE_CHECKPOINT_RESTART)
    }

    /// As far as readers let it. What fails is tried again after the next commit: until then the log has it.
    func moveOn(_ db: Database) throws {
        try run(db, SQLITE_CHECKPOINT_PASSIVE)
    }

    /// All of it, so that the database alone is all there is.
    func finish(_ db: Database) throws {
        try run(db, SQLITE_CHECKPOINT_TRUNCATE)
    }

    private func run(_ db: Database, _ mode: Int32) throws {
        do {
            try move(db, mode)
            lastFailure.withLock { $0 = nil }
        } catch {
            let failure = StorageError.closing(error)
            // Somebody is in the way, and nothing has failed.
            if failure != .busy { lastFailure.withLock { $0 = failure } }
            throw error
        }
    }

    private func move(_ db: Database, _ mode: Int32) throws {
        if isDoubtful.load(ordering: .relaxed) { try rewrite(db) }
        let code = sqlite3_wal_checkpoint_v2(db.sqliteConnection, nil, mode, nil, nil)
        guard code != SQLITE_OK else { return }
        let failure = DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
        guard code != SQLITE_BUSY else { throw failure }
        isDoubtful.store(true, ordering: .relaxed)
        // At once, while the pages that may not be on the disk are still in memory.
        try? rewrite(db)
        throw failure
    }

    /// Writes the database's bytes over themselves, and flushes them: through SQLite's own file, for closing
    /// another would let go of its locks (fcntl(2)).
    private func rewrite(_ db: Database) throws {
        var found: UnsafeMutablePointer<sqlite3_file>?
        try Self.check(
            sqlite3_file_control(db.sqliteConnection, nil, SQLITE_FCNTL_FILE_POINTER, &found), db)
        guard let file = found, let methods = file.pointee.pMethods?.pointee else { return }
        var size: sqlite3_int64 = 0
        try Self.check(methods.xFileSize(file, &size), db)
        let chunk = UnsafeMutableRawPointer.allocate(byteCount: Self.chunkBytes, alignment: 1)
        defer { chunk.deallocate() }
        for offset in stride(from: 0, to: size, by: Self.chunkBytes) {
            let count = Int32(min(sqlite3_int64(Self.chunkBytes), size - offset))
            try Self.check(methods.xRead(file, chunk, count, offset), db)
            try Self.check(methods.xWrite(file, chunk, count, offset), db)
        }
        try Self.check(methods.xSync(file, SQLITE_SYNC_NORMAL), db)
        isDoubtful.store(false, ordering: .relaxed)
    }

    private static func check(_ code: Int32, _ db: Database) throws {
        guard code != SQLITE_OK else { return }
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
    }
}
