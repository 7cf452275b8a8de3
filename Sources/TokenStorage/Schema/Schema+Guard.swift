extension Schema {
    /// What the guard measures by: how many people the last accepted reading had, and since when removals are
    /// counted.
    static let guardian = """
        ALTER TABLE source_state ADD COLUMN counted INTEGER;
        ALTER TABLE source_state ADD COLUMN approved_at INTEGER;
        UPDATE source_state SET counted = people;
        """
}
