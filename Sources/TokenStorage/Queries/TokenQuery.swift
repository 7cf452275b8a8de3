package import TokenCore

/// A page of tokens, by creation time and id.
package struct TokenQuery: Hashable, Sendable {
    package struct Cursor: Hashable, Sendable {
        package var createdAt: Timestamp
        package var id: UserCode

        package init(createdAt: Timestamp, id: UserCode) {
            self.createdAt = createdAt
            self.id = id
        }

        package init(_ token: TokenRecord) { self.init(createdAt: token.createdAt, id: token.id) }
    }

    package var owner: OwnerID?
    package var audience: String?
    package var state: TokenState?
    /// Inclusive.
    package var createdAfter: Timestamp?
    /// Exclusive.
    package var createdBefore: Timestamp?
    /// The last token of the page before.
    package var after: Cursor?
    package var limit: Int
    /// What states are judged by.
    package var now: Timestamp

    package init(limit: Int, now: Timestamp) {
        self.limit = limit
        self.now = now
    }
}
