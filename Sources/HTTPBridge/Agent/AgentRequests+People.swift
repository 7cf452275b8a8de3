internal import AgentProtocol

/// A person, and those of their tokens that have not ended.
struct PersonCard: Sendable {
    let user: User
    let tokens: [TokenMetadata]

    var key: OwnerKey { OwnerKey(source: user.source, id: user.id) }

    /// The one token that an API keeps for a person. An audience that only looks the same is another one.
    func token(for audience: String) -> TokenMetadata? {
        tokens.first { $0.audience.isSpelt(as: audience) && $0.name.isEmpty }
    }
}

extension AgentRequests {
    /// The roles of whoever carries these credentials.
    func roles(of credentials: Credentials) async throws(AgentFailure) -> Set<String> {
        Set(try await call(AgentWhoami(), as: credentials).roles)
    }

    func isAdmin(_ credentials: Credentials) async throws(AgentFailure) -> Bool {
        try await roles(of: credentials).contains(Role.admin)
    }

    /// Whether credentials may change things: a token may be one that only reads.
    func mayWrite(_ credentials: Credentials) async throws(AgentFailure) -> Bool {
        if case .password = credentials { return true }
        var question = TokenVerify(credentials)
        question.write = true
        guard case .active = try await call(question) else { return false }
        return true
    }

    /// A person as the asker may see them; without `user`, the asker.
    func card(
        of user: OwnerReference? = nil, as credentials: Credentials
    ) async throws(AgentFailure) -> PersonCard {
        let shown = try await call(UserShow(user: user), as: credentials)
        return PersonCard(user: shown.user, tokens: shown.tokens.filter { !$0.hasEnded })
    }

    /// Whoever carries these credentials. nil for a service, which is no person.
    func ownCard(_ credentials: Credentials) async throws(AgentFailure) -> PersonCard? {
        // One bind less than to ask who they are first. Not by the login that they gave: it may be another
        // person's in another directory.
        if case .password = credentials { return try await card(as: credentials) }
        let owner = try await call(AgentWhoami(), as: credentials).owner
        guard let owner, !owner.isService else { return nil }
        return try await card(of: .key(owner.key), as: credentials)
    }
}

extension Owner {
    /// No person: an API key, or a machine.
    var isService: Bool { source == "service" }
    var key: OwnerKey { OwnerKey(source: source, id: id) }
}

/// The agent's words for roles.
enum Role {
    static let admin = "admin"
    static let verifier = "verifier"
}

extension TokenMetadata {
    var hasEnded: Bool { state == .revoked || state == .purged }
}

extension TokenVerify {
    /// Asks about credentials that are a token.
    init(_ credentials: Credentials) {
        switch credentials {
        case .token(let token): self.init(token: token)
        case .codes(let userCode, let passCode): self.init(userCode: userCode, passCode: passCode)
        // No token has this look; the agent calls it malformed.
        case .password: self.init(token: Secret(""))
        }
    }
}

extension AgentRequests {
    /// All tokens that a list selects, page by page.
    func tokens(
        _ list: TokenList, as credentials: Credentials
    ) async throws(AgentFailure) -> [TokenMetadata] {
        var list = list
        list.limit = Limits.listMax
        var all: [TokenMetadata] = []
        repeat {
            let page = try await call(list, as: credentials)
            all += page.tokens.filter { !$0.hasEnded }
            list.cursor = page.nextCursor
        } while list.cursor != nil
        return all
    }
}
