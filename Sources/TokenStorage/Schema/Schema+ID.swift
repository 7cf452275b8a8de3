extension Schema {
    /// What `id: auto` was: by another attribute nobody would be found.
    static let id = "ALTER TABLE source_state ADD COLUMN id_attribute TEXT;"
}
