package import TokenCore
import TokenStorage

/// The story of a token: what it is, and the last that happened to it and to its owner.
package struct TokenStory: Sendable {
    package let token: TokenView
    package let events: [AuditEvent]
}

/// One page of a list, and where the next one begins.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    /// nil on the last page.
    package let next: PageCursor?
}

/// Where a page of tokens ended.
package struct PageCursor: Hashable, Sendable {
    package var createdAt: Timestamp
    package var id: UserCode

    package init(createdAt: Timestamp, id: UserCode) {
        self.createdAt = createdAt
        self.id = id
    }
}

/// What `token.list` selects by.
package struct ListRequest: Hashable, Sendable {
    package var owner: OwnerQuery?
    package var audience: String?
    package var state: TokenState?
    package var createdAfter: Timestamp?
    package var createdBefore: Timestamp?
    package var limit: Int
    package var after: PageCursor?

    package init(limit: Int) { self.limit = limit }
}

extension Agent {
    package func show(_ id: UserCode, _ right: TokenRight) async throws(AgentError) -> TokenView {
        let now = clock()
        let view = try await read { reader in try reader.view(id, right, at: now) }
        return withUse(view)
    }

    /// What a caller's own token is; nil when they carry none.
    package func token(of caller: Caller) async throws(AgentError) -> TokenView? {
        guard let id = caller.token else { return nil }
        let now = clock()
        let view = try await read { reader in try reader.token(id).map { try reader.view($0, at: now) } }
        return view.map(withUse)
    }

    package func list(_ request: ListRequest, _ right: TokenRight) async throws(AgentError) -> Page<TokenView>
    {
        let now = clock()
        let owner = try await owner(of: request, right)
        let page = try await read { reader in
            var query = TokenQuery(limit: request.limit + 1, now: now)
            query.owner = owner
            query.audience = request.audience
            query.state = request.state
            query.createdAfter = request.createdAfter
            query.createdBefore = request.createdBefore
            query.after = request.after.map { TokenQuery.Cursor(createdAt: $0.createdAt, id: $0.id) }
            let records = try reader.tokens(query)
            let shown = records.prefix(request.limit)
            let next =
                records.count > shown.count
                ? shown.last.map { PageCursor(createdAt: $0.createdAt, id: $0.id) } : nil
            return Page(items: try shown.map { try reader.view($0, at: now) }, next: next)
        }
        return Page(items: page.items.map(withUse), next: page.next)
    }

    /// Whose tokens to list: those of the one asked for, and never beyond what the right reaches.
    private func owner(of request: ListRequest, _ right: TokenRight) async throws(AgentError) -> OwnerID? {
        guard let query = request.owner else {
            if case .only(let own) = right.reach { return own }
            return nil
        }
        let notOwn = AgentError.notPermitted("this needs the role admin: not your own tokens")
        guard right.mayMean(query) else { throw notOwn }
        if case .id(let id) = query {
            let names = sync.names
            try await read { try $0.check(source: id.source, among: names, member: "owner") }
            return id
        }
        let owner = try await resolve(query, right).id
        guard right.covers(owner) else { throw notOwn }
        return owner
    }

    package func explain(_ id: UserCode, _ right: TokenRight) async throws(AgentError) -> TokenStory {
        let now = clock()
        let story = try await read { reader in
            let view = try reader.view(id, right, at: now)
            let events = try reader.audit(token: id, owner: view.record.owner, limit: Self.storyMax)
            return TokenStory(token: view, events: events)
        }
        return TokenStory(token: withUse(story.token), events: story.events)
    }

    /// The latest use may not have reached the store yet.
    func withUse(_ view: TokenView) -> TokenView {
        var view = view
        view.record = view.record.used(index.lastUse(of: view.record.id))
        return view
    }
}

extension StoreReader {
    /// The token, if the right reaches it. To whom it does not, it looks as if it were not there.
    func token(_ id: UserCode, _ right: TokenRight) throws -> TokenRecord {
        guard let record = try token(id), right.covers(record.owner) else {
            throw AgentError.notFound("there is no token \(id)")
        }
        return record
    }

    func view(_ id: UserCode, _ right: TokenRight, at now: Timestamp) throws -> TokenView {
        try view(token(id, right), at: now)
    }

    func view(_ record: TokenRecord, at now: Timestamp) throws -> TokenView {
        TokenView(record, record.owner.isService ? nil : try person(record.owner), at: now)
    }
}
