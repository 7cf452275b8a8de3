import GRDB
import GRDBSQLite
import TokenCore

/// The rows of the tokens that are read at start: a million of them, so the columns are read as SQLite has
/// them, and strings are made only of those that were not met before.
struct LoadedRows {
    private enum Column {
        static let id: Int32 = 0
        static let owner: ClosedRange<Int32> = 1...2
        /// The audience, the name, the flags.
        static let labels: ClosedRange<Int32> = 3...5
        static let write: Int32 = 6
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
                SELECT id, owner_source, owner_id, audience, name, flags, write, expires_at, last_used_at,
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

    /// False, and nothing added, for a token with two secrets. Owner and terms are still to be settled.
    mutating func add(to group: inout LoadedGroup) throws -> Bool {
        guard isNull(Column.previous) else { return false }
        guard let secret = SecretDigest(bytes: bytes(Column.secret)) else {
            throw StorageError.corrupt(detail: "a digest that is not 32 bytes")
        }
        group.tokens.append(
            LoadedToken(
                id: try id, secret: secret, expiresAt: time(Column.expiresAt),
                lastUsedAt: time(Column.lastUsedAt), isRevoked: !isNull(Column.ending)))
        for column in Column.owner { owners.append(bytes(column)) }
        owners.ask()
        for column in Column.labels { terms.append(bytes(column)) }
        withUnsafeBytes(of: sqlite3_column_int(row, Column.write)) { terms.append($0) }
        terms.ask()
        return true
    }

    /// Gives the group's tokens the numbers of their owners and terms.
    mutating func settle(_ group: inout LoadedGroup) throws {
        var token = 0
        owners.answer { number, new in
            group.tokens[token].owner = number
            token += 1
            if let new { group.owners.append(OwnerID(new)) }
        }
        token = 0
        try terms.answer { number, new in
            group.tokens[token].terms = number
            token += 1
            if let new { group.terms.append(try TokenTerms(new)) }
        }
    }

    private func time(_ column: Int32) -> Timestamp? {
        isNull(column) ? nil : Timestamp(milliseconds: sqlite3_column_int64(row, column))
    }

    private func isNull(_ column: Int32) -> Bool { sqlite3_column_type(row, column) == SQLITE_NULL }

    /// Of a text or a blob, or of a number's text; good until the next row.
    private func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: sqlite3_column_blob(row, column), count: Int(sqlite3_column_bytes(row, column)))
    }
}

extension OwnerID {
    fileprivate init(_ parts: ByteStrings.Parts) {
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        self.init(source: texts[0], id: texts[1])
    }
}

extension TokenTerms {
    fileprivate init(_ parts: ByteStrings.Parts) throws {
        let texts = parts.prefix(3).map { String(decoding: $0, as: UTF8.self) }
        let write = parts.dropFirst(3).first { _ in true }!.loadUnaligned(as: Int32.self)
        self.init(
            audience: texts[0], name: texts[1], write: write != 0, flags: try TextList.decode(texts[2]))
    }
}
