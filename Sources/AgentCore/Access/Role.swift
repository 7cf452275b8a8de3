/// What a caller may do. Roles come from the configuration and add up.
package enum Role: String, Hashable, Sendable, CaseIterable {
    /// Everything.
    case admin
    /// Verify, and ask for status.
    case verifier
    /// Manage their own tokens, if they are a person of a directory.
    case `self`
}
