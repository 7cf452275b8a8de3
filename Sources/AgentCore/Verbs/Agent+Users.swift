package import TokenCore
import TokenStorage

/// A person and the tokens they have, ended ones included while their tombstones last: at most
/// `Agent.storyMax` in all, and of those that have ended the newest.
package struct UserView: Sendable {
    package let person: PersonRecord
    package let tokens: [TokenView]
}

/// The story of a person: how they stand, and the last that happened to them and their tokens.
package struct UserStory: Sendable {
    package let person: PersonRecord
    package let events: [AuditEvent]
}

/// A person in a list.
package struct UserLine: Sendable {
    package let person: PersonRecord
    /// Of tokens that have not ended.
    package let tokenCount: Int
}

/// What `user.list` selects by.
package struct UsersRequest: Hashable, Sendable {
    package var source: String?
    package var standing: Standing?
    package var limit: Int
    /// The last person of the page before.
    package var after: OwnerID?

    package init(limit: Int) { self.limit = limit }
}

extension Agent {
    /// Of what is told of one token or person at once. Somebody who rotates all day may have millions of
    /// lines; all of them are in the audit trail.
    package static let storyMax = 1000

    package func user(_ query: OwnerQuery, _ right: TokenRight) async throws(AgentError) -> UserView {
        let now = clock()
        let person = try await person(query, right)
        let tokens = try await read { reader in
            try reader.tokens(of: person.id, limit: Self.storyMax).map { TokenView($0, person, at: now) }
        }
        return UserView(person: person, tokens: tokens.map(withUse))
    }

    package func explain(_ query: OwnerQuery, _ right: TokenRight) async throws(AgentError) -> UserStory {
        let person = try await person(query, right)
        let events = try await read { try $0.audit(of: person.id, limit: Self.storyMax) }
        return UserStory(person: person, events: events)
    }

    /// Also of people who are gone, whom `resolve` does not find for new tokens.
    private func person(_ query: OwnerQuery, _ right: TokenRight) async throws(AgentError) -> PersonRecord {
        guard right.mayMean(query) else { throw .notFound("no directory has \(query)") }
        let person: PersonRecord
        do {
            person = try await resolve(query, right)
        } catch {
            guard case .notFound = error, case .label(let label) = query else { throw error }
            let gone = try await read { reader in
                try reader.people(login: label, source: nil, includingGone: true)
            }
            guard gone.count == 1 else { throw error }
            person = gone[0]
        }
        guard right.covers(person.id) else { throw .notFound("no directory has \(query)") }
        return person
    }

    /// People, a page at a time; oneself alone, where the right reaches no further.
    package func users(
        _ request: UsersRequest, _ right: TokenRight
    ) async throws(AgentError) -> (lines: [UserLine], next: OwnerID?) {
        try await read { [sync] reader in
            let found: [PersonRecord]
            switch right.reach {
            case .only(let own): found = try reader.person(own).map { [$0] } ?? []
            case .everyone:
                try reader.check(source: request.source, among: sync.names, member: "source")
                found = try reader.people(
                    PersonQuery(
                        source: request.source, standing: request.standing, after: request.after,
                        limit: request.limit + 1))
            }
            let shown = found.prefix(request.limit)
            let lines = try shown.map {
                UserLine(person: $0, tokenCount: try reader.tokenCount(owner: $0.id))
            }
            return (lines, found.count > shown.count ? shown.last?.id : nil)
        }
    }
}
