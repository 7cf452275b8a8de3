/// What audit lines say became of a token after a certain one of them. Pure.
package enum TokenAftermath: Hashable, Sendable {
    /// It is as it was before them.
    case unchanged
    /// It was rotated or changed: how, the lines do not tell.
    case changed
    case ended(Ending)

    /// From the token's own lines, in their order.
    package init(_ events: some Sequence<AuditEvent>) {
        var isChanged = false
        var ending: Ending?
        for event in events {
            switch event.kind {
            case .tokenUpdated, .tokenRotated: isChanged = true
            case .tokenRevoked: ending = Ending(kind: .revoked, at: event.at, reason: event.detail)
            case .tokenPurged: ending = Ending(kind: .purged, at: event.at, reason: event.detail)
            case .tokenRestored: ending = nil
            case .tokenCreated, .tokenRevealed, .userDisabled, .userMissing, .userGone, .userBack,
                .syncAccepted, .syncHeld, .syncApproved, .storageRestored, .keyRotated:
                break
            }
        }
        self = ending.map(Self.ended) ?? (isChanged ? .changed : .unchanged)
    }
}

extension Standing {
    /// What an audit line says of its owner; nil when it says nothing of how they stand.
    package init?(_ kind: AuditEvent.Kind) {
        switch kind {
        case .userDisabled: self = .disabled
        case .userMissing: self = .missing
        case .userGone: self = .gone
        case .userBack: self = .present
        default: return nil
        }
    }
}
