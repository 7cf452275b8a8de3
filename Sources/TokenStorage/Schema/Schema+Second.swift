extension Schema {
    /// How it is known who did something. Lines from before have none, and their hashes were made without.
    static let second = "ALTER TABLE audit ADD COLUMN how TEXT;"
}
