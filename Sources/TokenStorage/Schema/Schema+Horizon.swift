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
}
