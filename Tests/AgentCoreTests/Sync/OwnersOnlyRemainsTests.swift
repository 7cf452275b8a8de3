import AgentCore
import Testing
import TokenCore
import TokenStorage

/// Sources whose people are not enumerated: what is known of people who have no token in use any more.
struct OwnersOnlyRemainsTests {
    private let fixture: AgentFixture
    private let alices: IssuedToken
    private let bobs: IssuedToken

    init() async throws {
        let rule = Access.Rule(role: .admin, directoryFilter: "(g=a)")
        let settings = AgentSettings(access: Access(rules: AgentFixture.access.rules + [rule]))
        fixture = try AgentFixture(enumerates: false, settings: settings)
        fixture.corp.change { $0.members["(g=a)"] = ["id-alice", "id-bob"] }
        alices = try await fixture.create("alice")
        bobs = try await fixture.create("bob")
        try await fixture.sync()
    }

    private func revokeAlices() async throws {
        _ = try await fixture.agent.revoke(alices.id, reason: nil, try fixture.everyone())
    }

    @Test func `who is a member no more loses the role, though their token was revoked`() async throws {
        #expect(try await fixture.person("alice")?.memberships == ["(g=a)"])
        try await revokeAlices()
        fixture.corp.change { $0.members["(g=a)"] = ["id-bob"] }
        try await fixture.sync()
        #expect(try await fixture.person("alice")?.memberships == [])
        #expect(try await fixture.person("bob")?.memberships == ["(g=a)"])
    }

    @Test func `a login that went to somebody new is theirs, once the former one has left`() async throws {
        try await revokeAlices()
        fixture.corp.remove("alice")
        fixture.corp.add("alice", id: "new-alice")
        try await fixture.sync()
        let shown = try await fixture.agent.user(.label("alice"), try fixture.everyone())
        #expect(shown.person.id.id == "new-alice")
        let token = try await fixture.create("alice")
        #expect(token.token.record.owner.id == "new-alice")
        #expect(try fixture.verify(token) == .active)
    }

    @Test func `where nobody can be asked for an heir, nobody who left gets a token`() async throws {
        try await revokeAlices()
        fixture.corp.remove("alice")
        try await fixture.sync()
        #expect(try await fixture.person("alice")?.standing == .missing)
        fixture.corp.change { $0.failures[.connect] = .cancelled }
        #expect(try await failure { try await fixture.create("alice") } != nil)
    }

    @Test func `who is enabled again gets a token, though theirs was revoked meanwhile`() async throws {
        fixture.corp.disable("alice")
        try await fixture.sync()
        try await revokeAlices()
        fixture.corp.disable("alice", nil)
        try await fixture.sync()
        #expect(try await fixture.person("alice")?.standing == .present)
        #expect(try fixture.verify(try await fixture.create("alice")) == .active)
    }

    @Test func `they count as owners for nothing`() async throws {
        try await revokeAlices()
        fixture.corp.remove("alice")
        let report = try await fixture.sync()
        #expect(report.accepted && report.gone == 0 && report.missing == 0)
        #expect(fixture.corp.counts.confirmed.last == ["id-bob", "id-alice"])
    }

    @Test func `who could not be asked about stays as they are`() async throws {
        try await revokeAlices()
        fixture.corp.change {
            $0.unconfirmable["id-alice"] = .timedOut(server: "fake", phase: "confirming")
        }
        #expect(try await fixture.sync().accepted)
        #expect(try await fixture.person("alice")?.standing == .present)
    }

    @Test func `of whom nothing is left nothing is kept, and nobody asks`() async throws {
        let owner = fixture.corp.add("carol")
        let person = Person(id: owner, login: "carol", dn: "")
        try await fixture.store.mutate { [now = fixture.clock.now] in
            try $0.put(PersonRecord(person: person, standing: .present, since: now))
        }
        try await fixture.sync()
        #expect(try await fixture.person("carol") == nil)
        #expect(fixture.corp.counts.confirmed.last == ["id-alice", "id-bob"])
    }
}
