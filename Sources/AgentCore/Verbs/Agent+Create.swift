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
    case at(Timestamp)
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
    package func create(_ request: CreateRequest, _ right: TokenRight) async throws(AgentError) -> IssuedToken
    {
        let now = clock()
        let owner = try await owner(for: request, right)
        let terms = try terms(of: request, at: now)
        let ticket = Ticket(request.idempotencyKey, by: right.by, method: "token.create", of: request)
        let limit = settings.tokens.perOwnerMax
        let key = key
        return try await mutate { writer in
            if let ticket, let earlier = try writer.redeem(ticket, with: key, at: now) { return earlier }
            let count = try writer.reader.tokenCount(owner: owner.id)
            guard count < limit else {
                throw AgentError.limitExceeded("\(owner.name) has \(count) tokens, and \(limit) is the limit")
            }
            let passCode: PassCode
            var record: TokenRecord
            (record, passCode) = try writer.unusedToken(owner: owner.id, terms: terms, at: now)
            if request.retrievable {
                record.sealed = try key.seal(passCode, of: record.id, owner: record.owner)
            }
            if let person = owner.person { try writer.welcome(person, at: now, by: right.by) }
            try writer.insertNamed(record)
            let detail = "audience \(terms.audience)" + (terms.name.isEmpty ? "" : ", name \(terms.name)")
            try writer.append(.of(record, .tokenCreated, at: now, by: right.by, detail: detail))
            let issued = IssuedToken(token: TokenView(record, owner.person, at: now), passCode: passCode)
            if let ticket { try writer.keep(ticket, issued: issued, key: key, at: now) }
            return issued
        }
    }

    private func owner(for request: CreateRequest, _ right: TokenRight) async throws(AgentError) -> Owner {
        if case .id(let id) = request.owner, id.isService {
            guard right.reach == .everyone else {
                throw .notPermitted("tokens of services are made by an admin")
            }
            return Owner(id: id, person: nil)
        }
        let person = try await candidate(request.owner)
        guard right.covers(person.id) else {
            throw .notPermitted("this needs the role admin: not your own token")
        }
        switch person.standing {
        case .present: return Owner(id: person.id, person: person)
        case .disabled:
            let why = person.person.disabled.map { " (\($0))" } ?? ""
            throw .conflict(.ownerDisabled, "\(person.person.login) is disabled in \(person.id.source)\(why)")
        case .missing:
            throw .conflict(
                .ownerMissing, "\(person.person.login) is no longer among the people of \(person.id.source)")
        case .gone: throw .notFound("\(person.person.login) is gone from \(person.id.source)")
        }
    }

    /// Whom the store knows to be gone may be back since the last reading: only the directory can tell.
    private func candidate(_ query: OwnerQuery) async throws(AgentError) -> PersonRecord {
        let person = try await resolve(query)
        guard person.standing == .gone else { return person }
        return try await sync.find(query).first { $0.id == person.id } ?? person
    }

    private struct Owner: Sendable {
        var id: OwnerID
        var person: PersonRecord?
        var name: String { person?.person.login ?? "\(id.source):\(id.id)" }
    }

    private func terms(of request: CreateRequest, at now: Timestamp) throws(AgentError) -> TokenTerms {
        let rules = settings.tokens
        var expiresAt: Timestamp?
        switch request.expiry {
        case .byDefault: expiresAt = rules.defaultExpiry.map { now + $0 }
        case .at(let time): expiresAt = time
        case .after(let span): expiresAt = now + span
        }
        if let expiresAt, expiresAt <= now {
            throw .invalid(member: "expires_at", "must lie in the future")
        }
        try rules.check(expiresAt, at: now)
        return TokenTerms(
            audience: request.audience, name: request.name, write: request.write, flags: request.flags,
            expiresAt: expiresAt)
    }

}

extension TokenRules {
    /// Whether a token may last so long.
    func check(_ expiresAt: Timestamp?, at now: Timestamp) throws(AgentError) {
        guard let longest = maxExpiry else { return }
        guard let expiresAt, expiresAt <= now + longest else {
            throw .invalid(
                member: "expires_at",
                "a token may last \(Int(longest.seconds)) s at most here (tokens.max_expiry)")
        }
    }
}
