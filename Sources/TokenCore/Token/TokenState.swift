/// The state a token is shown in. Derived, never stored: see `TokenRecord.state(standing:at:)`.
package enum TokenState: String, Sendable, CaseIterable {
    case active
    case expired
    /// Its owner is disabled or missing. Reversible.
    case suspended
    /// Its owner is gone from the directory, confirmed.
    case obsolete
    case revoked
    case purged
}
