import AgentCore
import AgentProtocol
import TokenCore

// As `Wire+Core`, for events.

extension Event {
    init(_ line: AuditLine, subscription: String) {
        let event = line.event
        self.init(
            subscription: subscription, revision: line.revision, at: WireTime(event.at),
            kind: event.kind.rawValue)
        token = event.token.map { "\($0)" }
        owner = event.owner.map { OwnerKey(source: $0.source, id: $0.id) }
        if owner == nil { source = event.source }
        // What somebody wrote about a token is between its owner and the admins.
        if token == nil, !event.detail.isEmpty { detail = event.detail }
    }

    init(_ loss: EventLog.Loss, subscription: String) {
        self.init(
            subscription: subscription, revision: loss.before.revision, at: WireTime(loss.before.event.at),
            kind: Self.missedKind)
        missed = loss.count
    }
}

extension AuditEvent.Kind {
    init(_ kind: EventKind) {
        switch kind {
        case .tokenCreated: self = .tokenCreated
        case .tokenUpdated: self = .tokenUpdated
        case .tokenRotated: self = .tokenRotated
        case .tokenRevoked: self = .tokenRevoked
        case .tokenRestored: self = .tokenRestored
        case .tokenPurged: self = .tokenPurged
        case .userDisabled: self = .userDisabled
        case .userMissing: self = .userMissing
        case .userGone: self = .userGone
        case .userBack: self = .userBack
        case .syncAccepted: self = .syncAccepted
        case .syncHeld: self = .syncHeld
        case .syncApproved: self = .syncApproved
        }
    }
}

extension TokenExplain.Event {
    init(_ event: AuditEvent) {
        self.init(
            at: WireTime(event.at), event: event.kind.rawValue, by: event.by,
            detail: event.detail.isEmpty ? nil : event.detail)
        token = event.token.map { "\($0)" }
    }
}

extension UserExplain.Answer {
    init(_ story: UserStory, access: Access) {
        self.init(
            user: User(story.person, access: access), events: story.events.map(TokenExplain.Event.init))
    }
}
