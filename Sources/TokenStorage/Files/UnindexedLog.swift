import GRDBSQLite
import Glibc

/// A way for SQLite to read a log that has no index beside it, without making one: told that there is none
/// that can be had, it keeps one in memory, as for a database on a read-only file system
/// (https://www.sqlite.org/wal.html#read_only_databases; `SQLITE_READONLY_CANTINIT` in wal.c). Nothing is
/// opened for writing.
///
/// For when nobody has the database open: it takes no part in the locks that the index has.
enum UnindexedLog {
    /// As a URI names it (https://www.sqlite.org/uri.html, `vfs=`).
    static let name = "tokenagent-unindexed"

    /// Once for the process.
    static func prepare() -> Bool { code == SQLITE_OK }

    private static let code: Int32 = {
        guard let system = sqlite3_vfs_find(nil) else { return SQLITE_ERROR }
        let own = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        own.initialize(to: system.pointee)
        own.pointee.zName = UnsafePointer(strdup(name))
        own.pointee.pNext = nil
        own.pointee.pAppData = UnsafeMutableRawPointer(system)
        own.pointee.xDelete = { _, _, _ in SQLITE_READONLY }
        own.pointee.xOpen = { own, name, file, flags, got in
            guard let file, let data = own?.pointee.pAppData else { return SQLITE_CANTOPEN }
            let system = data.assumingMemoryBound(to: sqlite3_vfs.self)
            let reading = flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_READONLY
            let code = system.pointee.xOpen(system, name, file, reading, got)
            if code == SQLITE_OK { UnindexedLog.refuseIndex(of: file) }
            return code
        }
        return sqlite3_vfs_register(own, 0)
    }()

    /// The file's methods become a pair: ours, and the system's behind them for its end.
    private static func refuseIndex(of file: UnsafeMutablePointer<sqlite3_file>) {
        guard let methods = file.pointee.pMethods else { return }
        let pair = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 2)
        pair.initialize(repeating: methods.pointee, count: 2)
        pair.pointee.xShmMap = { _, _, _, _, region in
            region?.pointee = nil
            return SQLITE_READONLY | (5 << 8)
        }
        pair.pointee.xShmLock = { _, _, _, _ in SQLITE_OK }
        pair.pointee.xClose = { file in
            let pair = UnsafeMutablePointer(mutating: file?.pointee.pMethods)
            defer { pair?.deallocate() }
            return pair?[1].xClose(file) ?? SQLITE_ERROR
        }
        file.pointee.pMethods = UnsafePointer(pair)
    }
}
