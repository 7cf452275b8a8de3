import GRDB

extension Database {
    /// Runs one statement that is prepared once for a connection.
    func run(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?] = []) throws {
        try cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
    }

    /// Every row, read before anything else runs: a cached statement serves one caller at a time.
    func rows<T>(
        _ sql: String, _ arguments: [(any DatabaseValueConvertible)?] = [], _ decode: (Row) throws -> T
    ) throws -> [T] {
        var found: [T] = []
        try forEach(sql, arguments) { found.append(try decode($0)) }
        return found
    }

    /// `body` runs nothing else on the statement.
    func forEach(
        _ sql: String, _ arguments: [(any DatabaseValueConvertible)?] = [], _ body: (Row) throws -> Void
    ) throws {
        let statement = try cachedStatement(sql: sql)
        let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
        while let row = try cursor.next() { try body(row) }
    }

    func row<T>(
        _ sql: String, _ arguments: [(any DatabaseValueConvertible)?] = [], _ decode: (Row) throws -> T
    ) throws -> T? {
        try rows(sql, arguments, decode).first
    }

    /// For a condition: whether there is any row.
    func exists(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws -> Bool {
        try row(sql, arguments) { _ in true } ?? false
    }
}
