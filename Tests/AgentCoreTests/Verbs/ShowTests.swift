import AgentCore
import Testing
import TokenCore

struct ShowTests {
    let fixture: AgentFixture

    init() async throws {
        fixture = try AgentFixture()
        try await fixture.sync()
    }

    private func list(
        _ right: TokenRight? = nil, limit: Int = 100, _ change: (inout ListRequest) -> Void = { _ in }
    ) async throws -> [UserCode] {
        var request = ListRequest(limit: limit)
        change(&request)
        var found: [UserCode] = []
        repeat {
            let page = try await fixture.agent.list(request, right ?? (try fixture.everyone()))
            #expect(page.items.count <= limit)
            found += page.items.map(\.record.id)
            request.after = page.next
        } while request.after != nil
        return found
    }

    @Test func oneSeesOnlyOnesOwn() async throws {
        let token = try await fixture.create("alice")
        #expect(try await fixture.agent.show(token.id, try fixture.own("alice")).record == token.token.record)
        let bob = try fixture.own("bob")
        #expect(try await failureKind { try await fixture.agent.show(token.id, bob) } == .notFound)
        #expect(try await failureKind { try await fixture.agent.explain(token.id, bob) } == .notFound)
        try await fixture.create("bob")
        #expect(try await list(try fixture.own("alice")) == [token.id])
        let owner = OwnerQuery.id(fixture.corp.owner("alice"))
        for query in [owner, .label("alice")] {
            #expect(try await list(try fixture.own("alice")) { $0.owner = query } == [token.id])
            #expect(try await failureKind { try await list(bob) { $0.owner = query } } == .notPermitted)
        }
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func pagesMeetWithoutGapOrOverlap(limit: Int) async throws {
        var made: [UserCode] = []
        for number in 0..<7 {
            // Some in the same millisecond, so that the id decides.
            if number % 3 == 0 { fixture.clock.advance(.seconds(1)) }
            made.append(try await fixture.create("alice", name: "\(number)").id)
        }
        let found = try await list(limit: limit)
        #expect(found.count == 7 && Set(found) == Set(made))
        #expect(found == (try await list()))
        #expect(Set(found.prefix(3)) == Set(made.prefix(3)))
    }

    @Test func theListIsSelectedByAudienceAndTime() async throws {
        let first = try await fixture.create("alice")
        let mail = try await fixture.create(.label("alice")) { $0.audience = "mail" }
        fixture.clock.advance(.hours(1))
        let late = try await fixture.create("bob")
        let time = fixture.clock.now
        #expect(try await list { $0.audience = "mail" } == [mail.id])
        #expect(try await list { $0.createdAfter = time } == [late.id])
        #expect(Set(try await list { $0.createdBefore = time }) == [first.id, mail.id])
        #expect(try await list { $0.owner = .label("bob") } == [late.id])
        #expect(try await list { $0.owner = .id(OwnerID(source: "service", id: "x")) } == [])
    }

    @Test func aListOfAnOwnerFromASourceThatNobodyKnowsIsRefused() async throws {
        let owner = fixture.corp.owner("alice")
        let kind = try await failureKind {
            try await list { $0.owner = .id(OwnerID(source: "crop", id: owner.id)) }
        }
        #expect(kind == .invalid("owner"))
        #expect(try await list { $0.owner = .id(OwnerID(source: "corp", id: "nobody")) } == [])
    }

    @Test func theListIsSelectedByState() async throws {
        let right = try fixture.everyone()
        var expected: [TokenState: UserCode] = [:]
        expected[.active] = try await fixture.create("extra-0").id
        let brief = try await fixture.create(.label("extra-0")) {
            ($0.name, $0.expiry) = ("brief", .after(.seconds(1)))
        }
        expected[.expired] = brief.id
        expected[.suspended] = try await fixture.create("alice").id
        expected[.obsolete] = try await fixture.create("bob").id
        expected[.revoked] = try await fixture.create("extra-0", name: "r").id
        _ = try await fixture.agent.revoke(try #require(expected[.revoked]), reason: nil, right)
        let purged = try await fixture.create("extra-1")
        expected[.purged] = purged.id
        fixture.corp.remove("extra-1")
        try await fixture.sync()
        _ = try await fixture.agent.purge(PurgeRequest(), try fixture.admin())
        fixture.corp.disable("alice")
        fixture.corp.remove("bob")
        try await fixture.sync()
        for state in TokenState.allCases {
            #expect(try await list { $0.state = state } == [try #require(expected[state])])
        }
        #expect(Set(try await list()) == Set(expected.values))
        let facts = try await fixture.agent.status(try fixture.verifier())
        #expect(facts.tokens == Dictionary(uniqueKeysWithValues: TokenState.allCases.map { ($0, 1) }))
    }

    @Test func anExplanationTellsTheWholeStory() async throws {
        let token = try await fixture.create("alice")
        fixture.corp.disable("alice", "nsAccountLock")
        try await fixture.sync()
        fixture.corp.disable("alice", nil)
        try await fixture.sync()
        fixture.corp.remove("alice")
        try await fixture.sync()
        let story = try await fixture.agent.explain(token.id, try fixture.everyone())
        #expect(story.token.state == .obsolete)
        #expect(story.events.map(\.kind) == [.tokenCreated, .userDisabled, .userBack, .userGone])
        #expect(story.events[1].detail.contains("nsAccountLock"))
        #expect(story.events[3].detail.contains("; deleted: looked up by stable id"))
        #expect(story.events[3].by == "reading 4 of corp from fake://corp")
        #expect(story.events.map(\.at) == story.events.map(\.at).sorted())
        let other = try await fixture.create("bob")
        let others = try await fixture.agent.explain(other.id, try fixture.everyone()).events
        #expect(others.map(\.kind) == [.tokenCreated])
    }

    @Test func noStoryTellsASecret() async throws {
        let token = try await fixture.create(.label("alice")) { $0.retrievable = true }
        _ = try await fixture.agent.rotate(RotateRequest(id: token.id), try fixture.everyone())
        _ = try await fixture.agent.reveal(token.id, try fixture.everyone())
        let story = try await fixture.agent.explain(token.id, try fixture.everyone())
        var dumped = ""
        dump(story, to: &dumped)
        dump(token, to: &dumped)
        #expect(!dumped.contains(token.passCode.reveal().prefix(8)))
    }
}
