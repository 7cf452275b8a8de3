extension Schema {
    /// How much of a directory was seen: apart from `source_state`, as it is written while a reading goes on.
    static let horizon = """
        CREATE TABLE horizon (
            source TEXT PRIMARY KEY,
            progress TEXT,
            server TEXT,
            doubted TEXT,
            doubted_since INTEGER
        ) STRICT, WITHOUT ROWID;
        """

    /// People may have been seen on several servers, and each may be doubted: texts of a line a server.
    static let doubts = """
        ALTER TABLE horizon RENAME COLUMN server TO servers;
        ALTER TABLE horizon DROP COLUMN doubted;
        ALTER TABLE horizon DROP COLUMN doubted_since;
        ALTER TABLE horizon ADD COLUMN doubts TEXT;
        """
}
