import GRDB
import Glibc

/// The file, before SQLite may write to it: where it lies, that it is there, and that it is ours.
enum DatabaseFile {
    /// Where it is itself, if `path` is a link to it: there SQLite keeps its log, and there the one lock has
    /// to be, by whatever name it is opened. The path itself if it is none, or leads nowhere.
    static func place(of path: String) -> String {
        var info = stat()
        guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFLNK, let place = realpath(path, nil)
        else { return path }
        defer { free(place) }
        return String(cString: place)
    }

    /// SQLite's write-ahead log needs memory shared between processes of one host
    /// (https://www.sqlite.org/wal.html).
    static func checkDirectory(of path: String) throws(StorageError) {
        let directory = directory(of: path)
        guard access(directory, F_OK) == 0 else {
            throw .cannotOpen(
                path: path, detail: "its directory \(directory): \(String(cString: strerror(errno)))")
        }
        if let type = FileSystem.networkType(of: directory) {
            throw .cannotOpen(path: path, detail: "\(directory) is on a network file system (\(type))")
        }
    }

    /// That it is there, or that nothing says that it was: an empty one in its place would make every token
    /// worthless, and SQLite would throw away the log, in which much of a young one still is.
    static func checkNotLost(_ path: String) throws(StorageError) {
        var info = stat()
        // An empty one is what a copy leaves for which there was no room, or a start that was cut short.
        guard stat(path, &info) == 0 ? info.st_size == 0 : errno == ENOENT else { return }
        let traces = traces(of: path)
        if !traces.isEmpty { throw .lost(path: path, traces: traces) }
    }

    /// What a daemon leaves beside its database when it has done something. The lock is none of it, and an
    /// empty log neither.
    private static func traces(of path: String) -> [String] {
        [path + "-wal", AuditHeadFile.path(of: path)].filter { file in
            var info = stat()
            return stat(file, &info) == 0 && info.st_size > 0
        }
    }

    /// Makes it where there is none: a daemon goes on with what it finds.
    static func createIfMissing(at path: String) throws(StorageError) { _ = try make(path) }

    /// Makes it, and refuses what is there: whoever made that may have it open, or own it, and would read
    /// all that is written to it.
    static func create(at path: String) throws(StorageError) {
        guard try make(path) else {
            throw .cannotOpen(path: path, detail: "somebody else made a file of that name: remove it")
        }
    }

    /// Made before SQLite sees it, because the log and the index beside it take over the database's mode.
    /// False when there is a file, or a link of whatever kind (open(2), `O_EXCL`).
    private static func make(_ path: String) throws(StorageError) -> Bool {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0 {
            if errno == EEXIST { return false }
            throw .cannotOpen(path: path, detail: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        // The umask may have taken bits away.
        guard fchmod(descriptor, 0o600) == 0 else {
            throw .cannotOpen(path: path, detail: String(cString: strerror(errno)))
        }
        try synchronizeDirectory(of: path)
        return true
    }

    /// Through a read-only connection, so that a database of another program or of a newer one stays as it
    /// is. `name` is what SQLite is to open, where that says more than the path. The version of its tables.
    @discardableResult
    static func inspect(_ path: String, as name: String? = nil) throws(StorageError) -> Int {
        try checkLength(of: path)
        do {
            let queue = try DatabaseQueue(path: name ?? path, configuration: ConnectionSettings.inspection)
            defer { try? queue.close() }
            return try queue.read { try inspect($0, path: path) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw .notADatabase(path: path)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            throw .corrupt(detail: "\(path): \(error.message ?? "\(error.resultCode)")")
        } catch let error as DatabaseError {
            switch StorageError(error) {
            // These pass.
            case .full(let detail): throw .full(detail: detail)
            case .busy: throw .busy
            case let error: throw .cannotOpen(path: path, detail: error.description)
            }
        } catch {
            throw .closing(error)
        }
    }

    /// SQLite takes a file too short for its header for an empty database, and would write over it.
    private static func checkLength(of path: String) throws(StorageError) {
        var info = stat()
        guard stat(path, &info) == 0 else {
            throw .cannotOpen(path: path, detail: String(cString: strerror(errno)))
        }
        if (1..<headerLength).contains(Int(info.st_size)) { throw .notADatabase(path: path) }
    }

    /// https://www.sqlite.org/fileformat2.html#the_database_header
    private static let headerLength = 100

    private static func inspect(_ db: Database, path: String) throws -> Int {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id")
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        // An empty file is a start that was cut short before the first migration.
        if tables == 0 && application == 0 { return 0 }
        guard application == Schema.applicationID else { throw StorageError.notADatabase(path: path) }
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let superseded = try Schema.migrator.hasBeenSuperseded(db)
        guard version <= Schema.version, !superseded else {
            throw StorageError.fromTheFuture(path: path, schema: version, known: Schema.version)
        }
        return version
    }

    /// Writes the log's bytes over themselves, and flushes them.
    ///
    /// What a process left that was killed can be read, and need not be on the disk: of a flush that failed
    /// Linux takes the pages for written (https://lwn.net/Articles/752063/). SQLite would copy them into the
    /// database one by one, and a power failure in between would leave some.
    static func rewriteLog(of path: String) throws(StorageError) {
        let log = path + "-wal"
        let descriptor = open(log, O_RDWR | O_CLOEXEC)
        if descriptor < 0 && errno == ENOENT { return }
        guard descriptor >= 0 else { throw failure(of: log) }
        defer { close(descriptor) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        var offset = off_t(0)
        while true {
            let count = pread(descriptor, &chunk, chunk.count, offset)
            if count == 0 { break }
            guard count > 0, pwrite(descriptor, chunk, count, offset) == count else { throw failure(of: log) }
            offset += off_t(count)
        }
        guard offset == 0 || fsync(descriptor) == 0 else { throw failure(of: log) }
    }

    private static func failure(of path: String) -> StorageError {
        let detail = "\(path): \(String(cString: strerror(errno)))"
        return errno == ENOSPC ? .full(detail: detail) : .cannotOpen(path: path, detail: detail)
    }

    /// Makes a new name in a directory last (fsync(2): the file's own flush does not).
    static func synchronizeDirectory(of path: String) throws(StorageError) {
        let descriptor = open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw .cannotOpen(path: path, detail: "its directory: \(String(cString: strerror(errno)))")
        }
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
