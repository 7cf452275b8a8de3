package import TokenCore
import TokenStorage

/// How a caller names an owner.
package enum OwnerQuery: Hashable, Sendable {
    /// A login or an e-mail, whichever fits.
    case label(String)
    case id(OwnerID)
}

extension Agent {
    /// The one person who is meant. Asks the directories when the store knows nobody: they may be new there.
    /// Those of a directory that is configured no more are meant by a name when nobody else is.
    func resolve(_ query: OwnerQuery, _ right: TokenRight) async throws(AgentError) -> PersonRecord {
        let names = sync.names
        let known = try await read { reader in try reader.people(query, of: names) }
        if let one = try query.theOnly(of: known, for: right) { return try await heir(of: one, query, right) }
        let found = try await sync.find(query).people
        if let one = try query.theOnly(of: found, for: right) { return one }
        let former = try await read { reader in try reader.withoutLeftovers(reader.people(query)) }
        if let one = try query.theOnly(of: former, for: right) { return one }
        throw .notFound("no directory has \(query)")
    }

    /// Them, or who has their login or e-mail address by now.
    private func heir(
        of one: PersonRecord, _ query: OwnerQuery, _ right: TokenRight
    ) async throws(AgentError) -> PersonRecord {
        guard try await read({ try query.mayMeanHeir(of: one, $0) }) else { return one }
        do {
            // Besides a borrowed login they are one of those who may be meant.
            let isAsGood = query.mayBeALogin(besides: one)
            let found = try await sync.find(query).people.filter { isAsGood || $0.id != one.id }
            return try query.theOnly(of: found, for: right) ?? one
        } catch {
            // Nobody can be asked, and who is missing gets nothing.
            guard case .directoryUnavailable = error, !query.mayBeALogin(besides: one) else { throw error }
            return one
        }
    }
}

extension OwnerQuery {
    /// Who has left nothing but tombstones may have an heir to their login or e-mail address, of whom a
    /// directory that is not enumerated tells only when it is asked.
    func mayMeanHeir(of person: PersonRecord, _ reader: StoreReader) throws -> Bool {
        if mayBeALogin(besides: person) { return true }
        guard case .label = self, person.standing == .missing else { return false }
        return try reader.tokenCount(owner: person.id) == 0
    }

    /// Whether somebody is meant by an e-mail address alone that looks like a login: whose login it is comes
    /// first, and may not be on record yet. Where logins have no @, addresses cost no question.
    func mayBeALogin(besides person: PersonRecord) -> Bool {
        let login = person.person.login
        guard case .label(let label) = self, Person.fold(login) != Person.fold(label) else { return false }
        return !label.contains("@") || login.contains("@")
    }

    /// The one of them who is meant; nil of nobody.
    ///
    /// Whose right reaches only themselves means themselves. That others have the name as well, and who they
    /// are, is not for them to be told: of the others any will do, whom the right does not cover.
    func theOnly(
        of everybody: [PersonRecord], for right: TokenRight
    ) throws(AgentError) -> PersonRecord? {
        let people = ranked(everybody)
        guard people.count > 1 else { return people.first }
        if case .only(let own) = right.reach { return people.first { $0.id == own } ?? people.first }
        let names = people.map { "\($0.id.source):\($0.person.login) (\($0.id.id))" }.sorted()
        throw .conflict(
            .ambiguousOwner,
            "\(self) is \(people.count) people: \(names.joined(separator: ", "))")
    }

    /// Within one directory a login comes before an e-mail address: logins are the administrators' to give,
    /// and the address is often its owner's to write.
    private func ranked(_ people: [PersonRecord]) -> [PersonRecord] {
        guard case .label(let label) = self else { return people }
        let login = Person.fold(label)
        let named = Set(people.filter { Person.fold($0.person.login) == login }.map(\.id.source))
        return people.filter { !named.contains($0.id.source) || Person.fold($0.person.login) == login }
    }
}

extension OwnerQuery: CustomStringConvertible {
    package var description: String {
        switch self {
        case .label(let label): SecretLikeness.isThere(in: label) ? "•••" : "“\(label)”"
        case .id(let owner):
            SecretLikeness.isTokenWithin(owner.id) ? "•••" : "\(owner.source):\(owner.id)"
        }
    }
}

extension StoreReader {
    /// Those of them whom one of these directories has told of.
    func people(_ query: OwnerQuery, of sources: Set<String>) throws -> [PersonRecord] {
        try withoutLeftovers(people(query).filter { sources.contains($0.id.source) })
    }

    /// Who has left nothing but tombstones does not count beside somebody who is there: a login that was
    /// given to somebody new is theirs. Whose tokens are only suspended may be back.
    func withoutLeftovers(_ people: [PersonRecord]) throws -> [PersonRecord] {
        guard people.contains(where: { $0.standing == .present || $0.standing == .disabled }) else {
            return people
        }
        return try people.filter { try $0.standing != .missing || tokenCount(owner: $0.id) > 0 }
    }

    /// What is neither configured nor on record is no empty source, but a misspelt one.
    func check(source: String?, among configured: Set<String>, member: String) throws {
        guard let source, source != OwnerID.serviceSource, !configured.contains(source) else { return }
        let known = try configured.union(sources())
        guard !known.contains(source) else { return }
        try AgentError.refuseToken(in: source, member: member)
        let names = known.sorted().joined(separator: ", ")
        throw AgentError.invalid(
            member: member,
            "nothing is known of a source “\(source)”" + (names.isEmpty ? "" : ", but of \(names)"))
    }

    /// Everybody a query may mean, whether by login or by e-mail.
    func people(_ query: OwnerQuery) throws -> [PersonRecord] {
        switch query {
        case .id(let owner):
            return try person(owner).map { [$0] } ?? []
        case .label(let label):
            let byLogin = try people(login: label, source: nil)
            let byEmail = try people(email: label, source: nil)
            return byLogin + byEmail.filter { person in !byLogin.contains { $0.id == person.id } }
        }
    }
}
