/// One line of the audit trail: what happened to what, by whom, and why. Never holds a secret.
package struct AuditEvent: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case tokenCreated = "token.created"
        case tokenUpdated = "token.updated"
        case tokenRotated = "token.rotated"
        case tokenRevealed = "token.revealed"
        case tokenRevoked = "token.revoked"
        case tokenRestored = "token.restored"
        case tokenPurged = "token.purged"
        case userDisabled = "user.disabled"
        case userMissing = "user.missing"
        case userGone = "user.gone"
        case userBack = "user.back"
        case syncAccepted = "sync.accepted"
        case syncHeld = "sync.held"
        case syncApproved = "sync.approved"
        case storageRestored = "storage.restored"
        case keyRotated = "key.rotated"
    }

    package var at: Timestamp
    package var kind: Kind
    package var token: UserCode?
    package var owner: OwnerID?
    /// The directory it concerns: the owner's, or that of a reading.
    package var source: String?
    /// Who did it, in words: `uid 0 (root)`, `token NFWIevo8 (alice)`, `sync of corp`.
    package var by: String
    /// How that is known: `Author.how`.
    package var how: String?
    package var detail: String

    package init(
        at: Timestamp, kind: Kind, token: UserCode? = nil, owner: OwnerID? = nil, source: String? = nil,
        by: Author, detail: String = ""
    ) {
        self.at = at
        self.kind = kind
        self.token = token
        self.owner = owner
        self.source = owner?.source ?? source
        self.by = by.name
        how = by.how
        self.detail = detail
    }
}
