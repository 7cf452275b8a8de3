import AgentCore
import Testing
import TokenCore

struct VerifyTests {
    let fixture: AgentFixture

    init() async throws {
        fixture = try AgentFixture()
        try await fixture.sync()
    }

    @Test func anActiveTokenTellsWhoseItIs() async throws {
        let token = try await fixture.create("alice")
        let answer = fixture.agent.verify(try token.presented(), for: Demand(), try fixture.verifier())
        guard case .active(let record, let owner) = answer else {
            Issue.record("not active")
            return
        }
        #expect(record.id == token.id)
        #expect(owner.id == fixture.corp.owner("alice"))
        #expect(owner.login == "alice" && owner.email == "alice@corp.example")
    }

    @Test func aWrongSecretAndAnUnknownTokenLookTheSame() async throws {
        let token = try await fixture.create("alice")
        var generator = SystemRandomNumberGenerator()
        for code in [token.id, UserCode.random(using: &generator)] {
            let text = TokenText.reveal(code, PassCode.random(for: code, using: &generator))
            let other = Array(text.utf8).withUnsafeBytes { PresentedToken(token: $0) }
            #expect(try fixture.verify(try #require(other)) == .unknown)
        }
    }

    @Test func whatIsDemandedMustBeThere() async throws {
        let token = try await fixture.create(.label("alice")) { request in
            (request.audience, request.flags, request.write) = ("mail", ["read"], false)
        }
        #expect(try fixture.verify(token, for: Demand(audience: "mail", flags: ["read"])) == .active)
        #expect(try fixture.verify(token, for: Demand(audience: "web")) == .refused(.wrongAudience))
        #expect(try fixture.verify(token, for: Demand(flags: ["read", "x"])) == .refused(.missingFlag))
        #expect(try fixture.verify(token, for: Demand(write: true)) == .refused(.readOnly))
    }

    @Test func itExpiresByTheClock() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.minutes(1)) }
        fixture.clock.advance(.milliseconds(59_999))
        #expect(try fixture.verify(token) == .active)
        fixture.clock.advance(.milliseconds(1))
        #expect(try fixture.verify(token) == .refused(.expired))
        #expect(try await fixture.state(token) == .expired)
    }

    @Test func everyStandingHasItsRefusal() async throws {
        let token = try await fixture.create("alice")
        fixture.corp.disable("alice")
        try await fixture.sync()
        #expect(try fixture.verify(token) == .refused(.suspended))
        #expect(try await fixture.state(token) == .suspended)
        fixture.corp.disable("alice", nil)
        try await fixture.sync()
        #expect(try fixture.verify(token) == .active)
        _ = try await fixture.agent.revoke(token.id, reason: nil, try fixture.everyone())
        #expect(try fixture.verify(token) == .refused(.revoked))
    }

    @Test func anObsoleteTokenThatIsTriedIsPurged() async throws {
        let token = try await fixture.create("alice")
        let other = try await fixture.create("alice", name: "other")
        fixture.corp.remove("alice")
        try await fixture.sync()
        #expect(try fixture.verify(token) == .refused(.obsolete))
        // The index comes after the store.
        #expect(try await fixture.eventually { try fixture.verify(token) == .unknown })
        #expect(try await fixture.state(token) == .purged)
        #expect(try await fixture.state(other) == .obsolete)
        let story = try await fixture.agent.explain(token.id, try fixture.everyone())
        #expect(story.events.map(\.kind) == [.tokenCreated, .userGone, .tokenPurged])
        #expect(story.events.last?.by == "its use")
    }

    @Test func anObsoleteTokenTriedWithAWrongSecretStays() async throws {
        let token = try await fixture.create("alice")
        fixture.corp.remove("alice")
        try await fixture.sync()
        var generator = SystemRandomNumberGenerator()
        let text = TokenText.reveal(token.id, PassCode.random(for: token.id, using: &generator))
        let guess = Array(text.utf8).withUnsafeBytes { PresentedToken(token: $0) }
        #expect(try fixture.verify(try #require(guess)) == .unknown)
        for _ in 0..<100 { await Task.yield() }
        #expect(try await fixture.state(token) == .obsolete)
    }

    @Test func triesOfOneObsoleteTokenPurgeItOnce() async throws {
        let token = try await fixture.create("alice")
        fixture.corp.remove("alice")
        try await fixture.sync()
        let presented = try token.presented()
        for _ in 0..<50 { _ = try fixture.verify(presented) }
        #expect(try await fixture.eventually { try fixture.verify(presented) == .unknown })
        let story = try await fixture.agent.explain(token.id, try fixture.everyone())
        #expect(story.events.count { $0.kind == .tokenPurged } == 1)
    }

    @Test func theFormerSecretIsGoodWithinItsGrace() async throws {
        let token = try await fixture.create("alice")
        let rotation = RotateRequest(id: token.id, grace: .minutes(10))
        let rotated = try await fixture.agent.rotate(rotation, try fixture.everyone())
        fixture.clock.advance(.milliseconds(599_999))
        #expect(try fixture.verify(token) == .active)
        #expect(try fixture.verify(rotated) == .active)
        fixture.clock.advance(.milliseconds(1))
        #expect(try fixture.verify(token) == .unknown)
        #expect(try fixture.verify(rotated) == .active)
    }

    @Test func theLastUseIsShownAtOnceAndNotedSparingly() async throws {
        let token = try await fixture.create("alice")
        #expect(try await fixture.show(token).record.lastUsedAt == nil)
        fixture.clock.advance(.hours(1))
        let used = fixture.clock.now
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.show(token).record.lastUsedAt == used)
        fixture.clock.advance(.milliseconds(299_999))
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.show(token).record.lastUsedAt == used)
        fixture.clock.advance(.milliseconds(1))
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.show(token).record.lastUsedAt == fixture.clock.now)
    }

    @Test func aRefusedUseIsNone() async throws {
        let token = try await fixture.create("alice")
        #expect(try fixture.verify(token, for: Demand(audience: "web")) == .refused(.wrongAudience))
        #expect(try await fixture.show(token).record.lastUsedAt == nil)
    }

    @Test func aRestartChangesNoAnswer() async throws {
        let active = try await fixture.create("alice")
        let revoked = try await fixture.create("alice", name: "revoked")
        let robot = try await fixture.create(.id(OwnerID(source: "service", id: "robot")))
        let gone = try await fixture.create("bob")
        _ = try await fixture.agent.revoke(revoked.id, reason: nil, try fixture.everyone())
        fixture.corp.remove("bob")
        try await fixture.sync()
        _ = try await fixture.agent.purge(PurgeRequest(), try fixture.admin())
        try await fixture.restart()
        #expect(try fixture.verify(active) == .active)
        #expect(try fixture.verify(revoked) == .refused(.revoked))
        #expect(try fixture.verify(robot) == .active)
        #expect(try fixture.verify(gone) == .unknown)
        #expect(fixture.agent.index.count == 3)
    }

    @Test func ownersAndTermsThatOnlyLookTheSameAreKeptApart() async throws {
        let fixture = try AgentFixture()
        let spellings = ["caf\u{e9}", "cafe\u{301}"]
        for spelling in spellings {
            let owner = OwnerID(source: OwnerID.serviceSource, id: spelling)
            let token = try await fixture.create(.id(owner)) { $0.audience = spelling }
            guard
                case .active(let facts, let of) = fixture.agent.verify(
                    try token.presented(), for: Demand(audience: spelling), try fixture.verifier())
            else {
                Issue.record("it is good")
                continue
            }
            #expect(Spelling(of.id.id) == Spelling(spelling))
            #expect(Spelling(facts.terms.audience) == Spelling(spelling))
            let right = Caller(
                name: "x", login: nil, roles: [.self], owner: OwnerLabels(id: owner, login: spelling))
            for other in spellings where Spelling(other) != Spelling(spelling) {
                #expect(try fixture.verify(token, for: Demand(audience: other)) == .refused(.wrongAudience))
                #expect(try !right.writer().covers(OwnerID(source: OwnerID.serviceSource, id: other)))
            }
        }
    }
}
