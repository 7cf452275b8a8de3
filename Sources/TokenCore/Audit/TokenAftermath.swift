/// What audit lines say became of a token after a certain one of them. Pure.
package enum TokenAftermath: Hashable, Sendable {
    /// It is as it was before them.
    case unchanged
    /// It was rotated, changed or brought back: how it is now, the lines do not tell.
    case changed
    /// Whether it had been changed before.
    case ended(Ending, isChanged: Bool)

    /// From the token's own lines, in their order.
    package init(_ events: some Sequence<AuditEvent>) {
        var isChanged = false
        var ending: Ending?
        for event in events {
            switch event.kind {
            case .tokenUpdated, .tokenRotated: isChanged = true
            case .tokenRevoked: ending = Ending(kind: .revoked, at: event.at, reason: event.detail)
            case .tokenPurged: ending = Ending(kind: .purged, at: event.at, reason: event.detail)
            case .tokenRestored: (ending, isChanged) = (nil, true)
            case .tokenCreated, .tokenRevealed, .userDisabled, .userMissing, .userGone, .userBack,
                .syncAccepted, .syncHeld, .syncApproved, .storageRestored, .keyRotated:
                break
            }
        }
        if let ending {
            self = .ended(ending, isChanged: isChanged)
        } else {
            self = isChanged ? .changed : .unchanged
        }
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
