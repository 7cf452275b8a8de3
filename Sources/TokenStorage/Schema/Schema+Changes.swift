extension Schema {
    /// Why changes are told in no better way: else a restart would forget it until the next full reading.
    static let changes = "ALTER TABLE source_state ADD COLUMN changes_refusal TEXT;"
}
