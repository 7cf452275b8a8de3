extension Schema {
    /// The time on record: one row, or none before the first was written.
    static let clock = """
        CREATE TABLE clock (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            mark INTEGER NOT NULL,
            doubted INTEGER NOT NULL
        ) STRICT;
        """
}
