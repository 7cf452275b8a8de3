import AgentCore
import Testing
import TokenCore

struct RevokeTests {
    let fixture: AgentFixture

    init() async throws {
        fixture = try AgentFixture()
        try await fixture.sync()
    }

    private func revoke(_ token: IssuedToken, _ reason: String? = nil) async throws -> TokenView {
        try await fixture.agent.revoke(token.id, reason: reason, try fixture.everyone())
    }

    private func restore(_ token: IssuedToken) async throws -> TokenView {
        try await fixture.agent.restore(token.id, try fixture.admin())
    }

    @Test func itIsRefusedAsSoonAsTheAnswerIsThere() async throws {
        let token = try await fixture.create("alice")
        fixture.clock.advance(.minutes(1))
        let view = try await revoke(token, "lost")
        #expect(try fixture.verify(token) == .refused(.revoked))
        #expect(view.state == .revoked)
        #expect(view.record.ending == Ending(kind: .revoked, at: fixture.clock.now, reason: "lost"))
        try await fixture.restart()
        #expect(try fixture.verify(token) == .refused(.revoked))
    }

    @Test func twiceIsNoErrorAndChangesNothing() async throws {
        let token = try await fixture.create("alice")
        let first = try await revoke(token, "lost")
        fixture.clock.advance(.minutes(1))
        let second = try await revoke(token, "again")
        #expect(second.record == first.record)
        let events = try await fixture.agent.explain(token.id, try fixture.everyone()).events
        #expect(events.map(\.kind) == [.tokenCreated, .tokenRevoked])
    }

    @Test func oneRevokesOnlyOnesOwn() async throws {
        let token = try await fixture.create("alice")
        let bob = try fixture.own("bob")
        #expect(
            try await failureKind { try await fixture.agent.revoke(token.id, reason: nil, bob) } == .notFound)
        _ = try await fixture.agent.revoke(token.id, reason: nil, try fixture.own("alice"))
        #expect(try fixture.verify(token) == .refused(.revoked))
    }

    @Test func whoHoldsATokenEndsItWhateverItIs() async throws {
        let reading = try await fixture.create(.label("alice")) { $0.write = false }
        let expired = try await fixture.create(.label("alice")) {
            ($0.name, $0.expiry) = ("expired", .after(.seconds(1)))
        }
        let suspended = try await fixture.create("bob")
        fixture.corp.disable("bob")
        try await fixture.sync()
        fixture.clock.advance(.minutes(1))
        for token in [reading, expired, suspended] {
            let presented = try token.presented()
            let view = try await fixture.agent.revoke(presented, reason: nil, by: "uid 1")
            #expect(view.state == .revoked)
            #expect(try fixture.verify(token) == .refused(.revoked))
            let events = try await fixture.agent.explain(token.id, try fixture.everyone()).events
            #expect(events.last?.kind == .tokenRevoked && events.last?.by == "uid 1")
        }
    }

    @Test func aWrongSecretEndsNothing() async throws {
        let token = try await fixture.create("alice")
        let former = try token.presented()
        let rotated = try await fixture.agent.rotate(RotateRequest(id: token.id), try fixture.everyone())
        let before = fixture.revision
        let revoke = try await failureKind {
            try await fixture.agent.revoke(former, reason: nil, by: "uid 1")
        }
        #expect(revoke == .notFound)
        #expect(fixture.revision == before)
        #expect(try fixture.verify(rotated) == .active)
    }

    @Test func whatNobodyMadeIsNotFound() async throws {
        let code = try #require(UserCode("zzzzzzzz"))
        let revoke = try await failureKind {
            try await fixture.agent.revoke(code, reason: nil, try fixture.everyone())
        }
        #expect(revoke == .notFound)
        #expect(
            try await failureKind { try await fixture.agent.restore(code, try fixture.admin()) } == .notFound)
    }

    @Test func aRestoredTokenIsWhatItWas() async throws {
        let token = try await fixture.create("alice")
        _ = try await revoke(token)
        let view = try await restore(token)
        #expect(view.state == .active && view.record.ending == nil)
        #expect(try await restore(token).record == view.record)
        #expect(try fixture.verify(token) == .active)
        let events = try await fixture.agent.explain(token.id, try fixture.everyone()).events
        #expect(events.map(\.kind) == [.tokenCreated, .tokenRevoked, .tokenRestored])
        #expect(events.last?.detail == "was revoked")
    }

    @Test func aPurgedTokenIsRestoredAsObsolete() async throws {
        let token = try await fixture.create("alice")
        fixture.corp.remove("alice")
        try await fixture.sync()
        _ = try await fixture.agent.purge(PurgeRequest(), try fixture.admin())
        #expect(try fixture.verify(token) == .unknown)
        #expect(try await restore(token).state == .obsolete)
        fixture.corp.add("alice")
        try await fixture.sync()
        #expect(try fixture.verify(token) == .active)
    }

    @Test func aTakenSlotIsAConflict() async throws {
        let revoked = try await fixture.create("alice")
        _ = try await revoke(revoked)
        let second = try await fixture.create("alice")
        let error = try await failure { try await restore(revoked) }
        #expect(error?.kind == .conflict(.alreadyExists))
        #expect(error?.text.contains("\(second.id)") == true)
        fixture.corp.remove("alice")
        try await fixture.sync()
        _ = try await fixture.agent.purge(PurgeRequest(), try fixture.admin())
        fixture.corp.add("alice")
        try await fixture.sync()
        let third = try await fixture.create("alice")
        #expect(try await failureKind { try await restore(second) } == .conflict(.alreadyExists))
        #expect(try fixture.verify(third) == .active)
    }

    @Test func withoutATombstoneThereIsNothingToRestore() async throws {
        let token = try await fixture.create("alice")
        _ = try await revoke(token)
        fixture.clock.advance(.days(31))
        try await fixture.agent.keepHouse()
        #expect(try await failureKind { try await restore(token) } == .notFound)
        #expect(try fixture.verify(token) == .unknown)
    }
}
