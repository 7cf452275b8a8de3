import AgentCore
import Testing
import TokenCore

/// What the agent does when somebody sets the machine's clock.
struct ClockTests {
    let fixture: AgentFixture

    init() async throws {
        fixture = try AgentFixture()
        try await fixture.sync()
    }

    private func back(_ span: TimeSpan) { fixture.clock.leap(TimeSpan(milliseconds: -span.milliseconds)) }

    @Test func whatHasExpiredStaysSoWhenTheClockIsPutBack() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.hours(1)) }
        fixture.clock.advance(.hours(2))
        #expect(try fixture.verify(token) == .refused(.expired))
        back(.days(5))
        #expect(try fixture.verify(token) == .refused(.expired))
        #expect(try await fixture.state(token) == .expired)
        try await fixture.agent.keepHouse()
        try await fixture.restart()
        #expect(try fixture.verify(token) == .refused(.expired))
        fixture.clock.advance(.days(1))
        #expect(try fixture.verify(token) == .refused(.expired))
    }

    @Test func aRestartKnowsTheTimeOfTheLatestChange() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.hours(1)) }
        fixture.clock.advance(.hours(2))
        // Nothing but this is written after the token has expired.
        try await fixture.create("bob")
        back(.hours(3))
        try await fixture.restart()
        #expect(try fixture.verify(token) == .refused(.expired))
    }

    @Test func aGraceThatIsOverStaysOver() async throws {
        let token = try await fixture.create("alice")
        _ = try await fixture.agent.rotate(
            RotateRequest(id: token.id, grace: .hours(1)), fixture.everyone())
        #expect(try fixture.verify(token) == .active)
        fixture.clock.advance(.hours(2))
        #expect(try fixture.verify(token) == .unknown)
        back(.hours(2))
        #expect(try fixture.verify(token) == .unknown)
    }

    @Test func aClockThatLeapsAheadRefusesAndPurgesNothing() async throws {
        let expiring = try await fixture.create(.label("alice")) { $0.expiry = .after(.hours(1)) }
        let revoked = try await fixture.create("bob")
        _ = try await fixture.agent.revoke(revoked.id, reason: nil, try fixture.everyone())
        try await fixture.agent.keepHouse()
        fixture.clock.leap(.days(365))
        #expect(try fixture.verify(expiring) == .refused(.expired))
        try await fixture.agent.keepHouse()
        #expect(try await fixture.state(expiring) == .expired)
        #expect(try await fixture.state(revoked) == .revoked)
        #expect(try await fixture.agent.status(fixture.verifier()).clock == .ahead(.days(365)))
        back(.days(365))
        #expect(try fixture.verify(expiring) == .active, "it was never its time")
        #expect(try await fixture.agent.status(fixture.verifier()).clock == .trusted)
    }

    @Test func aChangeMadeWhileTheClockWasAheadDoesNotMakeItSoForEver() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.days(10)) }
        try await fixture.agent.keepHouse()
        fixture.clock.leap(.days(365))
        try await fixture.create("bob")
        back(.days(365))
        try await fixture.restart()
        #expect(try fixture.verify(token) == .active)
    }

    @Test func autoPurgeWaitsForTheClock() async throws {
        let token = try await fixture.create("alice")
        fixture.corp.remove("alice")
        try await fixture.sync()
        fixture.clock.leap(.days(30))
        try await fixture.sync()
        #expect(try await fixture.state(token) == .obsolete)
        back(.days(30))
        fixture.clock.advance(.days(2))
        try await fixture.sync()
        #expect(try await fixture.state(token) == .purged)
    }

    @Test func aLeapThatLastsLetsHousekeepingGoOn() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.hours(1)) }
        try await fixture.agent.keepHouse()
        fixture.clock.leap(.days(365))
        for _ in 0..<25 {
            try await fixture.agent.keepHouse()
            fixture.clock.advance(.hours(1))
        }
        try await fixture.agent.keepHouse()
        #expect(try await fixture.state(token) == .purged)
    }
}
