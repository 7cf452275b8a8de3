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
        let statement = try cachedStatement(sql: sql)
        let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
        var found: [T] = []
        while let row = try cursor.next() { found.append(try decode(row)) }
        return found
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
