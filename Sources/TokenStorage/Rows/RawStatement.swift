import GRDB
import GRDBSQLite

/// A statement whose texts are bound and read where they stand. For the million rows of a reading: as GRDB's
/// values, each of them an object, they cost more than SQLite does.
struct RawStatement {
    private let db: Database
    private let pointer: OpaquePointer

    /// Prepared once for a connection, and for one caller at a time.
    init(_ sql: String, in db: Database) throws {
        self.db = db
        pointer = try db.cachedStatement(sql: sql).sqliteStatement
        reset()
    }

    /// Forgets the arguments, which must not be read once they are gone.
    func reset() {
        // Repeats the last step's error, which was thrown then (https://www.sqlite.org/c3ref/reset.html).
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }

    /// `text` must stay where it is until `reset`. nil is NULL; parameters count from 1.
    func bind(_ text: UnsafeRawBufferPointer?, at index: Int32) throws {
        guard let text, let start = text.baseAddress else {
            return try check(sqlite3_bind_null(pointer, index))
        }
        try check(
            sqlite3_bind_text64(
                pointer, index, start.assumingMemoryBound(to: CChar.self), UInt64(text.count), nil,
                UInt8(SQLITE_UTF8)))
    }

    func bind(_ text: StaticString, at index: Int32) throws {
        try bind(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount), at: index)
    }

    func bind(copying text: String, at index: Int32) throws {
        // SQLITE_TRANSIENT, a cast that Swift cannot see (https://www.sqlite.org/c3ref/c_static.html).
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        try check(sqlite3_bind_text(pointer, index, text, -1, transient))
    }

    func bind(_ number: Int64, at index: Int32) throws {
        try check(sqlite3_bind_int64(pointer, index, number))
    }

    /// Whether there is a row.
    func step() throws -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    /// For a statement without rows: runs it, and makes it ready to be run again.
    func run() throws {
        _ = try step()
        try check(sqlite3_reset(pointer))
    }

    /// Until the next step. nil is NULL; columns count from 0.
    func text(_ column: Int32) -> UnsafeRawBufferPointer? {
        guard let start = sqlite3_column_text(pointer, column) else { return nil }
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column)))
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
    }
}
