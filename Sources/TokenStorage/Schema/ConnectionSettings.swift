import GRDB

/// How every connection is set up.
enum ConnectionSettings {
    static let busyTimeoutSeconds = 5.0
    static let writerCacheBytes = 32 << 20
    /// Readers look up little; each has a cache of its own.
    static let readerCacheBytes = 4 << 20
    static let journalBytesMax = 64 << 20
    static let readersMax = 4
    /// What `PRAGMA synchronous` answers for FULL: in WAL mode, a commit returns after the log is on the disk
    /// (https://www.sqlite.org/pragma.html#pragma_synchronous).
    static let synchronousFull = 2

    static var pool: Configuration {
        var configuration = Configuration()
        configuration.label = "tokenagent.store"
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = readersMax
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA cache_size = -\(readerCacheBytes >> 10);
                    PRAGMA journal_size_limit = \(journalBytesMax);
                    PRAGMA trusted_schema = OFF;
                    """)
            try Checkpoint.onlyWhenAsked(db)
        }
        return configuration
    }

    static var inspection: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        return configuration
    }

    /// For a file that counts only once it is whole and has its name: nothing in it has to survive a crash.
    static var scratch: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;")
        }
        return configuration
    }

    /// GRDB sets NORMAL on the writer when it turns on WAL, after `prepareDatabase`: so FULL is set here, and
    /// read back. Savepoints keep the pages they would restore in memory, not in a file of the temporary
    /// directory (https://www.sqlite.org/tempfiles.html).
    static func setUpWriter(_ pool: DatabasePool) throws {
        let level = try pool.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    PRAGMA synchronous = FULL;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA cache_size = -\(writerCacheBytes >> 10);
                    """)
            return try Int.fetchOne(db, sql: "PRAGMA synchronous")
        }
        guard level == synchronousFull else {
            throw StorageError.cannotOpen(path: pool.path, detail: "SQLite does not keep synchronous=FULL")
        }
    }
}
