import GRDB
import GRDBSQLite
import TokenCore

/// The rows of the tokens that are read at start: a million of them, so the columns are read as SQLite has
/// them, and strings are made only of those that were not met before.
struct LoadedRows {
    private enum Column {
        static let id: Int32 = 0
        static let owner: ClosedRange<Int32> = 1...2
        /// The audience, the name, whether it may write, the flags.
        static let terms: ClosedRange<Int32> = 3...6
        static let expiresAt: Int32 = 7
        static let lastUsedAt: Int32 = 8
        static let secret: Int32 = 9
        static let previous: Int32 = 10
        static let ending: Int32 = 11
    }

    private let db: Database
    private let statement: Statement
    private let row: OpaquePointer
    private var owners = ByteStrings()
    private var terms = ByteStrings()

    init(_ codes: Range<UInt64>, from db: Database) throws {
        self.db = db
        statement = try db.makeStatement(
            sql: """
                SELECT id, owner_source, owner_id, audience, name, write, flags, expires_at, last_used_at,
                    secret, previous_secret, ending
                FROM token WHERE id >= ? AND id < ? AND ending IS NOT 'purged'
                """)
        statement.setUncheckedArguments([Int64(codes.lowerBound), Int64(codes.upperBound)])
        row = statement.sqliteStatement
    }

    mutating func next() throws -> Bool {
        switch sqlite3_step(row) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code),
                message: String(cString: sqlite3_errmsg(db.sqliteConnection)))
        }
    }

    var id: UserCode {
        get throws {
            guard let value = UInt64(exactly: sqlite3_column_int64(row, Column.id)),
                let code = UserCode(value: value)
            else { throw StorageError.corrupt(detail: "a number that is no user code") }
            return code
        }
    }

    /// False, and nothing added, for a token with two secrets.
    mutating func add(to group: inout LoadedGroup) throws -> Bool {
        guard isNull(Column.previous) else { return false }
        guard let secret = SecretDigest(bytes: bytes(Column.secret)) else {
            throw StorageError.corrupt(detail: "a digest that is not 32 bytes")
        }
        group.tokens.append(
            LoadedToken(
                id: try id, secret: secret, expiresAt: time(Column.expiresAt),
                lastUsedAt: time(Column.lastUsedAt), isRevoked: !isNull(Column.ending),
                owner: owner(&group), terms: try terms(&group)))
        return true
    }

    private mutating func owner(_ group: inout LoadedGroup) -> Int {
        for column in Column.owner { owners.append(bytes(column)) }
        let (number, isNew) = owners.take()
        if isNew {
            group.owners.append(
                OwnerID(source: text(Column.owner.lowerBound), id: text(Column.owner.upperBound)))
        }
        return number
    }

    private mutating func terms(_ group: inout LoadedGroup) throws -> Int {
        for column in Column.terms { terms.append(bytes(column)) }
        let (number, isNew) = terms.take()
        if isNew {
            let first = Column.terms.lowerBound
            group.terms.append(
                TokenTerms(
                    audience: text(first), name: text(first + 1),
                    write: sqlite3_column_int(row, first + 2) != 0,
                    flags: try TextList.decode(text(first + 3))))
        }
        return number
    }

    private func time(_ column: Int32) -> Timestamp? {
        isNull(column) ? nil : Timestamp(milliseconds: sqlite3_column_int64(row, column))
    }

    private func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    private func isNull(_ column: Int32) -> Bool { sqlite3_column_type(row, column) == SQLITE_NULL }

    /// Of a text or a blob, or of a number's text; good until the next row.
    private func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: sqlite3_column_blob(row, column), count: Int(sqlite3_column_bytes(row, column)))
    }
}
