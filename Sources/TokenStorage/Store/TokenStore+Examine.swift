import CSQLite
import GRDB
import Glibc

extension TokenStore {
    /// What `init` would find that does not refuse a database.
    package enum Examination: Hashable, Sendable {
        /// An empty one would be made.
        case missing
        /// `schema` is 0 where its first start was cut short.
        case usable(schema: Int, hasSealed: Bool)
    }

    /// The version of the tables that a start leaves behind.
    package static var schemaVersion: Int { Schema.version }

    /// Looks as `init` does, throws what it would throw, and makes and changes nothing; but for the lock: to
    /// see whether somebody has it is to take it, and that for a moment would keep a daemon from starting.
    /// Blocking.
    package static func examine(path: String) throws(StorageError) -> Examination {
        let path = DatabaseFile.place(of: path)
        try DatabaseFile.checkDirectory(of: path)
        try StoreLock.checkAccess(database: path)
        try DatabaseFile.checkNotLost(path)
        if access(path, F_OK) != 0 && errno == ENOENT {
            try DatabaseFile.checkRoom(beside: path)
            return .missing
        }
        try DatabaseFile.checkAccess(of: path)
        _ = csqlite_take_uris()
        let name = try DatabaseFile.nameWithoutTrace(of: path)
        let schema = try DatabaseFile.inspect(path, as: name)
        // Older tables may not tell.
        guard schema == Schema.version else { return .usable(schema: schema, hasSealed: false) }
        do {
            let queue = try DatabaseQueue(path: name, configuration: ConnectionSettings.inspection)
            defer { try? queue.close() }
            let hasSealed = try queue.read { try StoreReader(db: $0).hasSealed() }
            return .usable(schema: schema, hasSealed: hasSealed)
        } catch {
            throw .closing(error)
        }
    }
}

extension DatabaseFile {
    /// How SQLite is told of a database so that it changes nothing: also a connection that only reads makes a
    /// log and its index where they are not there (https://www.sqlite.org/wal.html#read_only_databases), and
    /// gives empty ones the database's mode.
    ///
    /// A log without its index is what a copy leaves that did not take the index along.
    fileprivate static func nameWithoutTrace(of path: String) throws(StorageError) -> String {
        let hasLog = hasContent(path + "-wal")
        if hasLog, hasContent(path + "-shm") { return path }
        guard !hasLog || UnindexedLog.prepare() else {
            throw .cannotOpen(path: path, detail: "SQLite does not take another way to open files")
        }
        let way = hasLog ? "vfs=\(UnindexedLog.name)" : "immutable=1"
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-._~".utf8)
        let hex = Array("0123456789ABCDEF".utf8)
        let bytes = path.utf8.flatMap { byte in
            plain.contains(byte) ? [byte] : [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        }
        return "file:\(String(decoding: bytes, as: UTF8.self))?\(way)"
    }

    private static func hasContent(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_size > 0
    }
}
