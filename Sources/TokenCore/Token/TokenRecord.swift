/// A token as it is kept: everything but the secret.
package struct TokenRecord: Equatable, Sendable {
    package let id: UserCode
    package var owner: OwnerID
    package var audience: String
    package var name: String
    package var write: Bool
    package var flags: [String]
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    package var expiresAt: Timestamp?
    package var lastUsedAt: Timestamp?
    package var secret: SecretDigest
    /// The secret before the last rotation, while its grace lasts.
    package var previous: PreviousSecret?
    package var sealed: SealedSecret?
    package var ending: Ending?

    package init(
        id: UserCode, owner: OwnerID, secret: SecretDigest, terms: TokenTerms, createdAt: Timestamp
    ) {
        self.id = id
        self.owner = owner
        self.secret = secret
        audience = terms.audience
        name = terms.name
        write = terms.write
        flags = terms.flags
        expiresAt = terms.expiresAt
        self.createdAt = createdAt
        updatedAt = createdAt
    }

    package var retrievable: Bool { sealed != nil }
}

/// What a token is made for: the part of it that its maker chooses.
package struct TokenTerms: Hashable, Sendable {
    package static let defaultAudience = "default"

    package var audience: String
    package var name: String
    package var write: Bool
    package var flags: [String]
    package var expiresAt: Timestamp?

    package init(
        audience: String = defaultAudience, name: String = "", write: Bool = true, flags: [String] = [],
        expiresAt: Timestamp? = nil
    ) {
        self.audience = audience
        self.name = name
        self.write = write
        self.flags = flags
        self.expiresAt = expiresAt
    }
}

/// A rotated secret that is still good until its grace ends.
package struct PreviousSecret: Equatable, Sendable {
    package var secret: SecretDigest
    package var until: Timestamp

    package init(secret: SecretDigest, until: Timestamp) {
        self.secret = secret
        self.until = until
    }
}

/// How a token's life ended. The record stays as its tombstone.
package struct Ending: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case revoked
        case purged
    }

    package var kind: Kind
    package var at: Timestamp
    package var reason: String

    package init(kind: Kind, at: Timestamp, reason: String) {
        self.kind = kind
        self.at = at
        self.reason = reason
    }
}
