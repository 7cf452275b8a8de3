/// How an owner stands with their directory.
///
/// *Unknown* is not a standing: what could not be read leaves the standing as it was.
package enum Standing: String, Sendable, CaseIterable {
    /// Seen, and not disabled.
    case present
    /// Seen, and disabled or expired there. Reversible: tokens are suspended.
    case disabled
    /// Not among the people of a complete reading, yet still in the directory, elsewhere or outside the
    /// filter. Reversible: tokens are suspended.
    case missing
    /// Looked up by stable id over the whole directory and not found: tokens are obsolete.
    case gone

    /// Whether they are among the people of their directory.
    package var isThere: Bool { self == .present || self == .disabled }
}
