import GRDB
import GRDBSQLite

extension Database {
    /// Runs one statement that is prepared once for a connection and yields no row, its arguments bound by
    /// hand, in order.
    ///
    /// For what each mutation runs: GRDB makes an array, a copy and a value that can be anything of each
    /// argument, which costs as much as the insertion.
    func run(_ sql: String, bound bind: (inout Binding) -> Void) throws {
        try step(sql, bind) { statement throws(DatabaseError) in
            guard sqlite3_step(statement) == SQLITE_DONE else { throw lastError }
        }
    }

    /// The number that a statement yields; 0 when it yields nothing.
    func number(_ sql: String, bound bind: (inout Binding) -> Void) throws -> Int {
        try step(sql, bind) { statement throws(DatabaseError) in
            switch sqlite3_step(statement) {
            case SQLITE_ROW: Int(sqlite3_column_int64(statement, 0))
            case SQLITE_DONE: 0
            default: throw lastError
            }
        }
    }

    private func step<T>(
        _ sql: String, _ bind: (inout Binding) -> Void, _ body: (OpaquePointer) throws(DatabaseError) -> T
    ) throws -> T {
        let statement = try cachedStatement(sql: sql)
        var binding = Binding(statement: statement.sqliteStatement)
        bind(&binding)
        // The error of a step is told again by its reset, and was taken already.
        defer { sqlite3_reset(statement.sqliteStatement) }
        return try body(statement.sqliteStatement)
    }

    private var lastError: DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(sqliteConnection)),
            message: sqlite3_errmsg(sqliteConnection).map { String(cString: $0) })
    }
}

/// The arguments of a statement, bound one after another. SQLite copies what it is given.
struct Binding {
    private let statement: OpaquePointer
    private var index: Int32 = 0

    init(statement: OpaquePointer) { self.statement = statement }

    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    mutating func add(_ number: Int64?) {
        index += 1
        if let number {
            sqlite3_bind_int64(statement, index, number)
        } else {
            sqlite3_bind_null(statement, index)
        }
    }

    mutating func add(_ text: String?) {
        index += 1
        guard var text else {
            sqlite3_bind_null(statement, index)
            return
        }
        text.withUTF8 { utf8 in
            // Without an address it would be NULL.
            guard let start = utf8.baseAddress else {
                sqlite3_bind_text(statement, index, "", 0, Self.copied)
                return
            }
            let characters = UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
            sqlite3_bind_text(statement, index, characters, Int32(utf8.count), Self.copied)
        }
    }

    mutating func add(_ blob: [UInt8]?) {
        index += 1
        guard let blob else {
            sqlite3_bind_null(statement, index)
            return
        }
        blob.withUnsafeBytes { add($0) }
    }

    private func add(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, bytes.count > 0 else {
            sqlite3_bind_zeroblob(statement, index, 0)
            return
        }
        sqlite3_bind_blob(statement, index, start, Int32(bytes.count), Self.copied)
    }
}
