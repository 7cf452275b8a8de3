package import TokenCore

/// A page of people, by source and id.
package struct PersonQuery: Hashable, Sendable {
    package var source: String?
    package var standing: Standing?
    /// The last person of the page before.
    package var after: OwnerID?
    package var limit: Int

    package init(source: String? = nil, standing: Standing? = nil, after: OwnerID? = nil, limit: Int) {
        self.source = source
        self.standing = standing
        self.after = after
        self.limit = limit
    }
}

/// An owner who has tokens that are neither revoked nor purged.
package struct OwnerSummary: Hashable, Sendable {
    package var id: OwnerID
    package var standing: Standing
}
