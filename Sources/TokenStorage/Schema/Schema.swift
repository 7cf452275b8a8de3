import GRDB

/// The tables' history. A migration that was released is never edited: a new one follows it.
enum Schema {
    /// "tkag": tells our databases from others' (https://www.sqlite.org/pragma.html#pragma_application_id).
    static let applicationID: Int32 = 0x746B_6167

    static let migrations = [
        (version: 1, sql: first), (version: 2, sql: second), (version: 3, sql: clock),
        (version: 4, sql: changes), (version: 5, sql: guardian), (version: 6, sql: id),
        (version: 7, sql: held), (version: 8, sql: horizon),
        (version: 9, sql: unconfirmed), (version: 10, sql: doubts),
    ]

    static var version: Int { migrations.last!.version }

    /// `user_version` is set in each migration's own transaction, so it never disagrees with the tables.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for migration in migrations {
            migrator.registerMigration("\(migration.version)", foreignKeyChecks: .immediate) { db in
                try db.execute(sql: migration.sql)
                try db.execute(
                    sql:
                        "PRAGMA user_version = \(migration.version); PRAGMA application_id = \(applicationID)"
                )
            }
        }
        return migrator
    }
}
