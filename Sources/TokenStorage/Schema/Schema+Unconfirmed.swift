extension Schema {
    /// Who could not be asked about: else a directory that confirms nobody would look well.
    static let unconfirmed = """
        ALTER TABLE source_state ADD COLUMN unconfirmed INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE source_state ADD COLUMN unconfirmed_why TEXT;
        """
}
