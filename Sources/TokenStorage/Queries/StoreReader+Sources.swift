import GRDB

extension StoreReader {
    /// The sources that own tokens or have people, services among them, in order. By the indexes: each name
    /// is one step, however many rows there are of it.
    package func sources() throws -> [String] {
        let names = try ["token": "owner_source", "person": "source"].map { table, column in
            try db.rows(
                """
                WITH RECURSIVE name(value) AS (
                    SELECT min(\(column)) FROM \(table)
                    UNION ALL
                    SELECT (SELECT min(\(column)) FROM \(table) WHERE \(column) > name.value)
                    FROM name WHERE name.value IS NOT NULL
                )
                SELECT value FROM name WHERE value IS NOT NULL
                """
            ) { $0[0] as String }
        }
        return Set(names.joined()).sorted()
    }

    /// Those neither revoked nor purged.
    package func tokenCount(source: String) throws -> Int {
        try db.row(
            "SELECT count(*) FROM token INDEXED BY token_owner WHERE owner_source = ? AND ending IS NULL",
            [source]
        ) { $0[0] } ?? 0
    }

    /// The same, whether there is one.
    func hasTokens(source: String) throws -> Bool {
        try db.row(
            """
            SELECT EXISTS (
                SELECT 1 FROM token INDEXED BY token_owner WHERE owner_source = ? AND ending IS NULL
            )
            """, [source]
        ) { $0[0] } ?? false
    }

    /// Those who are not gone.
    package func peopleCount(source: String) throws -> Int {
        try db.row("SELECT count(*) FROM person WHERE source = ? AND standing <> 'gone'", [source]) { $0[0] }
            ?? 0
    }
}
