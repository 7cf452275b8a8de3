package import TokenCore
import TokenStorage

/// What a token is to be, as asked for.
package struct CreateRequest: Hashable, Sendable {
    package var owner: OwnerQuery
    package var audience: String
    package var name: String
    package var write: Bool
    package var flags: [String]
    package var expiry: Expiry
    package var retrievable: Bool
    package var idempotencyKey: String?

    package init(
        owner: OwnerQuery, audience: String = TokenTerms.defaultAudience, name: String = "",
        write: Bool = true,
        flags: [String] = [], expiry: Expiry = .byDefault
    ) {
        self.owner = owner
        self.audience = audience
        self.name = name
        self.write = write
        self.flags = flags
        self.expiry = expiry
        retrievable = false
    }
}

package enum Expiry: Hashable, Sendable {
    case byDefault
    case never
    case at(Timestamp)
    /// A time that may be over already: the token is made expired, and never was anything else.
    case evenPast(Timestamp)
    case after(TimeSpan)
}

/// A token just made, with the only copy of its secret.
package struct IssuedToken: Sendable {
    package let token: TokenView
    package let passCode: PassCode
}

extension Agent {
    /// Makes a token for a person of a directory, or for a service.
    /// `notFound` when no directory has them, `directoryUnavailable` when that could not be asked.
    ///
    /// One turn of the writer, also to find out whose it is to be; only for those whom the store does not
    /// know are the directories asked, and the writer a second time.
    package func create(_ request: CreateRequest, _ right: TokenRight) async throws(AgentError) -> IssuedToken
    {
        let time = GrantTime(self)
        try request.checkSecrecy()
        let draft = TokenDraft(
            request, right, terms: try terms(of: request, at: time), at: time,
            rules: settings.tokens, sources: sync.names, keys: keys, mint: mint)
        let gone: PersonRecord?
        switch try await mutate(by: right, { try draft.makeForKnown(in: &$0) }) {
        case .issued(let token): return token
        case .unknownOwner(let known): gone = known
        }
        for _ in 1..<Self.lookUpsMax {
            if case .success(let token) = try await make(draft, request.owner, gone, right) { return token }
        }
        return try await make(draft, request.owner, gone, right).get()
    }

    /// For whom a directory finds. Fails if more was seen of it between its answer and the writer's turn, as
    /// where it tells of changes all the time: asked again, it may have got that.
    private func make(
        _ draft: TokenDraft, _ query: OwnerQuery, _ gone: PersonRecord?, _ right: TokenRight
    ) async throws(AgentError) -> Result<IssuedToken, AgentError> {
        let found = try await sync.find(query)
        let owner = try TokenDraft.Owner(
            try candidate(query, in: found.people, gone: gone, for: right), right)
        return try await mutate(by: right) { [sync] writer in
            // Before the token counts, it is on record how far a server must be to tell of its owner.
            if let lack = try sync.note(found.sights, in: &writer) { return .failure(lack) }
            return .success(try draft.makeForFound(owner, in: &writer))
        }
    }

    /// How often a directory is asked for one token.
    private static let lookUpsMax = 3

    /// Whom the store does not know may be new, and whom it knows to be gone may be back since the last
    /// reading: only the directory can tell.
    private func candidate(
        _ query: OwnerQuery, in found: [PersonRecord], gone: PersonRecord?, for right: TokenRight
    ) throws(AgentError) -> PersonRecord {
        if let gone, gone.standing == .missing, !query.mayBeALogin(besides: gone) {
            return try query.theOnly(of: found.filter { $0.id != gone.id }, for: right) ?? gone
        }
        if let gone, !query.mayBeALogin(besides: gone) { return found.first { $0.id == gone.id } ?? gone }
        if let one = try query.theOnly(of: found, for: right) { return one }
        throw .notFound("no directory has \(query)")
    }

    private func terms(of request: CreateRequest, at time: GrantTime) throws(AgentError) -> TokenTerms {
        let rules = settings.tokens
        var expiresAt: Timestamp?
        var member = "expires_at"
        switch request.expiry {
        case .byDefault: expiresAt = try time.expiry(in: rules.defaultExpiry)
        case .never: expiresAt = nil
        case .at(let end): expiresAt = try time.now.before(end)
        case .evenPast(let end): expiresAt = end
        case .after(let span): (expiresAt, member) = (try time.expiry(in: span), "expires_in")
        }
        try rules.check(expiresAt, at: time.granting, member: member)
        return TokenTerms(
            audience: request.audience, name: request.name, write: request.write, flags: request.flags,
            expiresAt: expiresAt)
    }
}

extension Timestamp {
    /// An expiry that is still to come.
    fileprivate func before(_ expiry: Timestamp) throws(AgentError) -> Timestamp {
        guard self < expiry else { throw .invalid(member: "expires_at", "must lie in the future") }
        return expiry
    }
}

extension TokenRules {
    /// Whether a token may last so long.
    func check(
        _ expiresAt: Timestamp?, at now: Timestamp, member: String = "expires_at"
    ) throws(AgentError) {
        guard let longest = maxExpiry else { return }
        guard let expiresAt, expiresAt <= now + longest else {
            throw .invalid(
                member: member,
                "a token may last \(Int(longest.seconds)) s at most here (tokens.max_expiry)")
        }
    }
}
