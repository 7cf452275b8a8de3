import TokenCore
import TokenStorage

/// A token that somebody wants made, with all that can be settled before it is the writer's turn.
struct TokenDraft: Sendable {
    let request: CreateRequest
    let right: TokenRight
    let terms: TokenTerms
    let time: GrantTime
    private let rules: TokenRules
    /// The directories of the configuration.
    private let sources: Set<String>
    private let keys: SealingKeys
    private let ticket: Ticket?
    private let mint: TokenMint
    private let fresh: FreshToken

    init(
        _ request: CreateRequest, _ right: TokenRight, terms: TokenTerms, at time: GrantTime,
        rules: TokenRules, sources: Set<String>, keys: SealingKeys, mint: TokenMint
    ) {
        self.request = request
        self.right = right
        self.terms = terms
        self.time = time
        self.rules = rules
        self.sources = sources
        self.keys = keys
        ticket = Ticket(request.idempotencyKey, by: right.by, method: "token.create", of: request)
        self.mint = mint
        fresh = mint.draw()
    }

    /// Somebody who may have a token.
    struct Owner: Sendable {
        let id: OwnerID
        /// nil for services.
        let person: PersonRecord?

        var name: String { person?.person.login ?? "\(id.source):\(id.id)" }
    }

    enum Outcome: Sendable {
        case issued(IssuedToken)
        /// The store knows nobody of that name who is there: at most somebody who is gone.
        case unknownOwner(PersonRecord?)
    }

    /// Makes it for a service, or for somebody whom the store knows.
    func makeForKnown(in writer: inout StoreWriter) throws -> Outcome {
        if case .id(let id) = request.owner, id.isService {
            guard right.reach == .everyone else {
                throw AgentError.notPermitted("tokens of services are made by an admin")
            }
            return .issued(try make(for: Owner(id: id, person: nil), in: &writer))
        }
        guard right.mayMean(request.owner) else { throw Owner.notOwn }
        let people = try writer.reader.people(request.owner, of: sources)
        let known = try request.owner.theOnly(of: people, for: right)
        if known == nil, case .id(let id) = request.owner, try writer.reader.person(id) != nil {
            throw AgentError.conflict(
                .ownerMissing,
                "\(request.owner) is of a directory that is not configured: nobody tells how they stand")
        }
        guard let known, known.standing != .gone else { return .unknownOwner(known) }
        if try request.owner.mayMeanHeir(of: known, writer.reader) { return .unknownOwner(known) }
        return .issued(try make(for: Owner(known, right), in: &writer))
    }

    /// Makes it for somebody whom a directory has just told of.
    func makeForFound(_ owner: Owner, in writer: inout StoreWriter) throws -> IssuedToken {
        guard let person = owner.person else { return try make(for: owner, in: &writer) }
        try writer.welcome(person, at: time.granting, by: right.by)
        // A reading may have learned more meanwhile than the look-up told.
        let known = try writer.reader.person(person.id) ?? person
        return try make(for: Owner(known, right), in: &writer)
    }

    private func make(for owner: Owner, in writer: inout StoreWriter) throws -> IssuedToken {
        if let ticket,
            let earlier = try writer.redeem(ticket, right, owner: owner.id, with: keys, at: time)
        {
            return earlier
        }
        let count = try writer.reader.tokenCount(owner: owner.id)
        guard count < rules.perOwnerMax else {
            throw AgentError.limitExceeded(
                "\(owner.name) has \(count) tokens, and \(rules.perOwnerMax) is the limit: revoke one")
        }
        if right.reach != .everyone {
            try writer.forgetRevoked(of: owner.id, beyond: rules.revokedPerOwnerMax)
        }
        let (record, passCode) = try insert(for: owner, in: &writer)
        let detail = "audience \(terms.audience)" + (terms.name.isEmpty ? "" : ", name \(terms.name)")
        try writer.append(.of(record, .tokenCreated, at: time.granting, by: right.by, detail: detail))
        let issued = IssuedToken(token: TokenView(record, owner.person, at: time.now), passCode: passCode)
        if let ticket { try writer.keep(ticket, issued: issued, keys: keys, at: time) }
        return issued
    }

    /// Under a user code that nobody has had: one that was drawn twice is drawn again.
    private func insert(
        for owner: Owner, in writer: inout StoreWriter
    ) throws -> (TokenRecord, PassCode) {
        var fresh = fresh
        while true {
            var record = TokenRecord(
                id: fresh.id, owner: owner.id, secret: fresh.passCode.digest, terms: terms,
                createdAt: time.granting)
            if request.retrievable {
                record.sealed = try keys.seal(fresh.passCode, of: record.id, owner: record.owner)
            }
            do {
                try writer.insert(record, of: owner.person)
                return (record, fresh.passCode)
            } catch StoreConflict.duplicateID {
                fresh = mint.draw()
            } catch StoreConflict.duplicateName {
                throw try writer.reader.nameTaken(record)
            }
        }
    }
}

extension TokenDraft.Owner {
    static let notOwn = AgentError.notPermitted("this needs the role admin: not your own token")

    /// Throws when they may have none, or the right does not reach them.
    init(_ person: PersonRecord, _ right: TokenRight) throws(AgentError) {
        guard right.covers(person.id) else { throw Self.notOwn }
        let (login, source) = (person.person.login, person.id.source)
        switch person.standing {
        case .present: self.init(id: person.id, person: person)
        case .disabled:
            let why = person.person.disabled.map { " (\($0))" } ?? ""
            throw .conflict(.ownerDisabled, "\(login) is disabled in \(source)\(why)")
        case .missing:
            throw .conflict(.ownerMissing, "\(login) is no longer among the people of \(source)")
        case .gone: throw .notFound("\(login) is gone from \(source)")
        }
    }
}
