import AgentCore
import AgentProtocol
import TokenCore

// The one place where the protocol's types and the agent's meet; those of verify in `Wire+Core+Verify`.

// MARK: Answers

extension WireTime {
    init(_ time: Timestamp) { self.init(milliseconds: time.milliseconds) }
}

extension AgentProtocol.TokenState {
    init(_ state: TokenCore.TokenState) {
        switch state {
        case .active: self = .active
        case .expired: self = .expired
        case .suspended: self = .suspended
        case .obsolete: self = .obsolete
        case .revoked: self = .revoked
        case .purged: self = .purged
        }
    }
}

extension Owner {
    init(_ id: OwnerID, _ login: String, _ email: String?) {
        self.init(source: id.source, id: id.id, login: login, email: email)
    }
}

extension TokenMetadata {
    init(_ view: TokenView) {
        let record = view.record
        self.init(
            id: "\(record.id)",
            owner: Owner(record.owner, view.login, view.email),
            audience: record.audience, name: record.name, write: record.write, flags: record.flags,
            createdAt: WireTime(record.createdAt), updatedAt: WireTime(record.updatedAt),
            expiresAt: record.expiresAt.map(WireTime.init), lastUsedAt: record.lastUsedAt.map(WireTime.init),
            state: AgentProtocol.TokenState(view.state), retrievable: record.retrievable)
    }
}

extension IssuedToken {
    var secret: Secret { Secret(TokenText.reveal(token.record.id, passCode)) }
}

extension CreatedToken {
    init(_ issued: IssuedToken) {
        self.init(
            metadata: TokenMetadata(issued.token), token: issued.secret,
            userCode: "\(issued.token.record.id)", passCode: Secret(issued.passCode.reveal()))
    }
}

extension TokenList.Answer {
    init(_ page: Page<TokenView>) {
        self.init(tokens: page.items.map(TokenMetadata.init), nextCursor: page.next?.text)
    }
}

extension TokenExplain.Answer {
    init(_ story: TokenStory) {
        self.init(
            token: TokenMetadata(story.token),
            events: story.events.map(TokenExplain.Event.init))
    }
}

extension TokenPurge.Answer {
    init(_ report: PurgeReport) {
        self.init(
            plan: report.plan, dryRun: report.dryRun,
            purged: report.purged.map { token in
                TokenPurge.Purged(
                    id: "\(token.token)",
                    owner: Owner(token.owner, token.login, token.email),
                    audience: token.audience, reason: token.reason, since: WireTime(token.since))
            },
            count: report.count, held: report.held.map(AgentProtocol.HeldPlan.init),
            stopped: report.stopped)
    }
}

extension AgentProtocol.HeldPlan {
    init(_ held: TokenCore.HeldPlan) {
        let plan = held.hold.plan
        self.init(
            plan: plan.id, source: plan.source, reason: Reason(held.hold.reasons),
            wouldRemove: plan.removals.count, limit: held.hold.limit,
            removals: Self.removals(plan),
            since: WireTime(held.heldAt), expiresAt: WireTime(held.expiresAt))
        wouldDisable = plan.disabled.count
        wouldSuspend = plan.removals.count { $0.evidence.standing == .missing }
        removedLately = held.hold.removedLately
        (peopleBefore, people) = (held.hold.peopleBefore, held.hold.people)
        changedKeys = held.hold.changedKeys.isEmpty ? nil : held.hold.changedKeys
    }

    private static func removals(_ plan: RemovalPlan) -> [Removal] {
        let removed = plan.removals.prefix(Limits.heldRemovalsMax).map {
            Removal(
                owner: OwnerKey(source: $0.owner.source, id: $0.owner.id), login: $0.login,
                evidence: $0.evidence.rawValue)
        }
        let disabled = plan.disabled.prefix(Limits.heldRemovalsMax - removed.count).map {
            Removal(
                owner: OwnerKey(source: $0.owner.source, id: $0.owner.id), login: $0.login,
                evidence: Disabling.word)
        }
        return removed + disabled
    }
}

extension AgentProtocol.HeldPlan.Reason {
    /// The weightiest one: a changed configuration explains the others.
    init(_ reasons: [HoldReason]) {
        if reasons.contains(where: { if case .configurationChanged = $0 { true } else { false } }) {
            self = .configurationChanged
        } else if reasons.contains(.tooManyRemovals) {
            self = .tooManyRemovals
        } else {
            self = .peopleDropped
        }
    }
}

extension DirectorySync.Report {
    init(_ report: SyncReport) {
        self.init(source: report.source, method: report.method)
        complete = report.complete
        people = report.people
        added = report.added
        changed = report.changed
        gone = report.gone
        disabled = report.disabled
        suspended = report.missing
        held = report.held.map(AgentProtocol.HeldPlan.init)
        seconds = report.span.seconds
        error = report.error
        unconfirmed = report.unconfirmed > 0 ? report.unconfirmed : nil
    }
}

extension DirectoryStatus.Source {
    init(_ status: SourceStatus) {
        self.init(source: status.source, state: status.state.rawValue, people: status.memory.people)
        lastCompleteAt = status.memory.lastCompleteAt.map(WireTime.init)
        ageSeconds = status.memory.lastCompleteAt.map { (status.now - $0).milliseconds / 1000 }
        method = status.memory.method
        held = status.held.map(AgentProtocol.HeldPlan.init)
        error = status.memory.lastError
        reading = status.progress
        if status.memory.unconfirmed > 0 {
            unconfirmed = status.memory.unconfirmed
            unconfirmedWhy = status.memory.unconfirmedWhy
        }
        changesMethod = status.changes.method
        changesWhy = status.changes.why
        tokens = status.tokens
    }
}

extension DirectoryTest.Check {
    init(source: String, _ check: DirectoryCheck) {
        self.init(
            source: source, check: check.check, ok: check.ok, detail: check.detail, advice: check.advice)
    }
}

extension User {
    init(_ record: PersonRecord, access: Access) {
        let person = record.person
        self.init(
            owner: Owner(person.id, person.login, person.email),
            state: record.standing.rawValue, since: WireTime(record.since),
            // Who is not there is let in nowhere.
            roles: record.standing == .present ? access.roles(of: record).map(\.rawValue).sorted() : [])
        displayName = person.displayName
        dn = person.dn
    }
}

extension UserShow.Answer {
    init(_ view: UserView, access: Access) {
        self.init(user: User(view.person, access: access), tokens: view.tokens.map(TokenMetadata.init))
    }
}

extension UserList.Answer {
    init(_ lines: [UserLine], next: OwnerID?, access: Access) {
        let users = lines.map { line in
            var user = User(line.person, access: access)
            user.tokens = line.tokenCount
            return user
        }
        self.init(users: users, nextCursor: next?.cursor)
    }
}

// MARK: Requests

extension Timestamp {
    init(_ time: WireTime) { self.init(milliseconds: time.milliseconds) }
}

extension TokenCore.TokenState {
    init(_ state: AgentProtocol.TokenState) {
        switch state {
        case .active: self = .active
        case .expired: self = .expired
        case .suspended: self = .suspended
        case .obsolete: self = .obsolete
        case .revoked: self = .revoked
        case .purged: self = .purged
        }
    }
}

extension UserCode {
    /// What cannot be an id is the id of nothing.
    init(id: String) throws(AgentError) {
        guard let code = UserCode(id) else { throw .notFound("there is no such token") }
        self = code
    }
}

extension OwnerQuery {
    init(_ reference: OwnerReference) {
        switch reference {
        case .label(let label): self = .label(label)
        case .key(let key): self = .id(OwnerID(source: key.source, id: key.id))
        }
    }
}

extension CreateRequest {
    init(_ params: TokenCreate) {
        self.init(owner: OwnerQuery(params.owner))
        audience = params.audience ?? TokenTerms.defaultAudience
        name = params.name ?? ""
        write = params.write ?? true
        flags = params.flags ?? []
        retrievable = params.retrievable ?? false
        idempotencyKey = params.idempotencyKey
        switch params.expiresAt {
        case .absent: break
        case .null: expiry = .never
        case .value(let time):
            expiry = params.allowPast == true ? .evenPast(Timestamp(time)) : .at(Timestamp(time))
        }
        if let seconds = params.expiresIn { expiry = .after(.seconds(seconds)) }
    }
}

extension ListRequest {
    init(_ params: TokenList) throws(AgentError) {
        self.init(limit: params.limit ?? Limits.listDefault)
        owner = params.owner.map(OwnerQuery.init)
        audience = params.audience
        state = params.state.map(TokenCore.TokenState.init)
        createdAfter = params.createdAfter.map(Timestamp.init)
        createdBefore = params.createdBefore.map(Timestamp.init)
        if let text = params.cursor {
            guard let cursor = PageCursor(text: text) else { throw .notACursor }
            after = cursor
        }
    }
}

extension UpdateRequest {
    init(_ params: TokenUpdate) throws(AgentError) {
        self.init(id: try UserCode(id: params.id))
        write = params.write
        flags = params.flags
        name = params.name
        expiry = ExpiryChange(params.expiresAt)
    }

    /// nil when nothing is to change.
    init?(_ params: TokenRotate, of id: UserCode) {
        self.init(id: id)
        write = params.write
        flags = params.flags
        expiry = ExpiryChange(params.expiresAt)
        if self == UpdateRequest(id: id) { return nil }
    }
}

extension UpdateRequest.ExpiryChange {
    fileprivate init(_ patch: Patch<WireTime>) {
        self =
            switch patch {
            case .absent: .keep
            case .null: .clear
            case .value(let time): .set(Timestamp(time))
            }
    }
}

extension RotateRequest {
    init(_ params: TokenRotate) throws(AgentError) {
        let id = try UserCode(id: params.id)
        self.init(
            id: id, grace: .seconds(params.graceSeconds ?? 0), renew: params.renew ?? false,
            current: try Self.digest(of: params.currentToken, id),
            change: UpdateRequest(params, of: id), idempotencyKey: params.idempotencyKey)
    }

    private static func digest(of token: Secret?, _ id: UserCode) throws(AgentError) -> SecretDigest? {
        guard let token else { return nil }
        guard let presented = PresentedToken(token), presented.userCode == id else {
            throw .invalid(member: "current_token", "it is not the token \(id)")
        }
        return presented.digest
    }
}

extension PurgeRequest {
    init(_ params: TokenPurge) {
        self.init(dryRun: params.dryRun ?? false, plan: params.plan, source: params.source)
        listedMax = Limits.purgedListedMax
    }
}

extension SyncRequest {
    /// `auto` reads everybody: whoever asks by hand wants to be sure. The schedule asks for changes in
    /// between.
    init(_ params: DirectorySync) {
        self.init(source: params.source, dryRun: params.dryRun ?? false, approve: params.approve)
        if params.mode == .changes { mode = .changes }
    }
}

extension UsersRequest {
    init(_ params: UserList) throws(AgentError) {
        self.init(limit: params.limit ?? Limits.listDefault)
        source = params.source
        if let state = params.state {
            guard let standing = Standing(rawValue: state) else {
                let known = Standing.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalid(member: "state", "one of \(known)")
            }
            self.standing = standing
        }
        if let text = params.cursor {
            guard let cursor = OwnerID(cursor: text) else { throw .notACursor }
            after = cursor
        }
    }
}
