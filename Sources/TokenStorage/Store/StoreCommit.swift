package import TokenCore

/// What one commit did, for those who follow the store.
package struct StoreCommit: Sendable {
    package let changes: [StoreChange]
    /// What it put on record, in order.
    package let lines: [AuditLine]
}
