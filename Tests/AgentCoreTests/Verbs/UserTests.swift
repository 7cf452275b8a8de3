import AgentCore
import Testing
import TokenCore

struct UserTests {
    let fixture: AgentFixture

    init() async throws {
        fixture = try AgentFixture()
        try await fixture.sync()
    }

    private func users(
        limit: Int, _ right: TokenRight? = nil, _ change: (inout UsersRequest) -> Void = { _ in }
    ) async throws -> [UserLine] {
        var request = UsersRequest(limit: limit)
        change(&request)
        var found: [UserLine] = []
        repeat {
            let page = try await fixture.agent.users(request, right ?? (try fixture.everyone()))
            found += page.lines
            request.after = page.next
        } while request.after != nil
        return found
    }

    @Test func aPersonIsShownWithTheirTokens() async throws {
        let first = try await fixture.create("alice")
        let second = try await fixture.create("alice", name: "second")
        try await fixture.create("bob")
        _ = try await fixture.agent.revoke(second.id, reason: nil, try fixture.everyone())
        for query in [
            OwnerQuery.label("alice"), .label("alice@corp.example"), .id(fixture.corp.owner("alice")),
        ] {
            let view = try await fixture.agent.user(query, try fixture.everyone())
            #expect(view.person.id == fixture.corp.owner("alice"))
            #expect(Set(view.tokens.map(\.record.id)) == [first.id, second.id])
            #expect(Set(view.tokens.map(\.state)) == [.active, .revoked])
        }
    }

    @Test func oneSeesOnlyOneself() async throws {
        let own = try fixture.own("alice")
        #expect(try await fixture.agent.user(.label("alice"), own).person.person.login == "alice")
        #expect(try await failureKind { try await fixture.agent.user(.label("bob"), own) } == .notFound)
        #expect(try await failureKind { try await fixture.agent.user(.label("nobody"), own) } == .notFound)
    }

    @Test func oneIsListedAloneForOneself() async throws {
        let lines = try await users(limit: 5, try fixture.own("bob"))
        #expect(lines.map(\.person.person.login) == ["bob"])
    }

    @Test func whoIsGoneIsStillShown() async throws {
        let token = try await fixture.create("alice")
        fixture.corp.remove("alice")
        try await fixture.sync()
        for query in [OwnerQuery.label("alice"), .id(fixture.corp.owner("alice"))] {
            let view = try await fixture.agent.user(query, try fixture.everyone())
            #expect(view.person.standing == .gone && view.person.evidence == .deleted)
            #expect(view.tokens.map(\.record.id) == [token.id])
            #expect(view.tokens.map(\.state) == [.obsolete])
        }
    }

    @Test func aNewPersonUnderAnOldLoginIsTheOneMeant() async throws {
        try await fixture.create("alice")
        fixture.corp.remove("alice")
        fixture.corp.add("alice", id: "new")
        try await fixture.sync()
        let view = try await fixture.agent.user(.label("alice"), try fixture.everyone())
        #expect(view.person.id.id == "new" && view.tokens.isEmpty)
    }

    @Test(arguments: [1, 5, 12, 100])
    func everybodyIsListedOnce(limit: Int) async throws {
        try await fixture.create("alice")
        let lines = try await users(limit: limit)
        #expect(lines.map(\.person.id.id) == AgentFixture.logins.map { "id-\($0)" }.sorted())
        #expect(lines.map(\.tokenCount).reduce(0, +) == 1)
    }

    @Test func aListOfASourceThatNobodyKnowsIsRefused() async throws {
        let typo = try await failure { try await users(limit: 5) { $0.source = "crop" } }
        #expect(typo?.kind == .invalid("source"))
        #expect(typo.map { "\($0)" }?.contains("corp") == true)
        // Who sees only themselves is told of no names.
        #expect(try await users(limit: 5, try fixture.own("bob")) { $0.source = "crop" }.count == 1)
    }

    @Test func theListIsSelectedByStandingAndSource() async throws {
        fixture.corp.disable("bob")
        try await fixture.sync()
        #expect(try await users(limit: 5) { $0.standing = .disabled }.map(\.person.person.login) == ["bob"])
        #expect(try await users(limit: 5) { $0.source = "service" }.isEmpty)
        #expect(try await users(limit: 5) { $0.source = "corp" }.count == AgentFixture.logins.count)
    }
}
