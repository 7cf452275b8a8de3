package import TokenCore

/// What a commit means for the index in memory.
package enum StoreChange: Equatable, Sendable {
    /// Made or changed; its owner is nil for services.
    case token(TokenRecord, owner: PersonRecord?)
    /// Purged, or its tombstone dropped: no longer in the index.
    case tokenForgotten(UserCode)
    /// Labels, standing or memberships. Only for people who own a live or revoked token: the index needs no
    /// others.
    case person(PersonRecord)
}
