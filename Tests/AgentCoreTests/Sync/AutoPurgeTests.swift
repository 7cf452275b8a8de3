import Testing
import TokenCore

@testable import AgentCore

struct AutoPurgeTests {
    let fixture: AgentFixture
    let token: IssuedToken

    init() async throws {
        fixture = try AgentFixture()
        try await fixture.sync()
        token = try await fixture.create("alice")
        fixture.corp.remove("alice")
    }

    private func purge(_ request: PurgeRequest = PurgeRequest()) async throws -> PurgeReport {
        try await fixture.agent.purge(request, try fixture.admin())
    }

    private func set(_ change: (inout PurgeRules) -> Void) {
        fixture.agent.change(AgentFixture.settings { change(&$0.purge) })
    }

    @Test func anObsoleteTokenIsPurgedAfterItsGrace() async throws {
        try await fixture.sync()
        fixture.clock.advance(.hours(24) - .minutes(2))
        try await fixture.sync()
        #expect(try await fixture.state(token) == .obsolete)
        try await fixture.sync()
        try await fixture.sync()
        #expect(try await fixture.state(token) == .purged)
        let story = try await fixture.agent.explain(token.id, try fixture.everyone())
        #expect(story.events.last?.kind == .tokenPurged && story.events.last?.by == "auto-purge")
        #expect(story.events.last?.detail == "owner gone: deleted")
    }

    @Test func withoutGraceTheReadingItselfPurges() async throws {
        set { $0.grace = .zero }
        try await fixture.sync()
        #expect(try await fixture.state(token) == .purged)
    }

    @Test func whoeverIsBackWithinTheGraceLosesNothing() async throws {
        try await fixture.sync()
        fixture.clock.advance(.hours(30))
        fixture.corp.add("alice")
        try await fixture.sync()
        #expect(try fixture.verify(token) == .active)
    }

    @Test func aRestoredTokenHasItsGraceAnew() async throws {
        try await fixture.sync()
        fixture.clock.advance(.hours(25))
        try await fixture.sync()
        #expect(try await fixture.state(token) == .purged)
        _ = try await fixture.agent.restore(token.id, try fixture.admin())
        try await fixture.sync()
        #expect(try await fixture.state(token) == .obsolete)
        fixture.clock.advance(.hours(24))
        try await fixture.sync()
        #expect(try await fixture.state(token) == .purged)
    }

    @Test func switchedOffItPurgesNothing() async throws {
        set { $0.auto = false }
        try await fixture.sync()
        fixture.clock.advance(.days(3))
        try await fixture.sync()
        #expect(try await fixture.state(token) == .obsolete)
    }

    @Test func onlyAnAcceptedReadingPurges() async throws {
        try await fixture.sync()
        fixture.clock.advance(.days(3))
        try await fixture.sync(dryRun: true)
        #expect(try await fixture.state(token) == .obsolete)
        fixture.corp.change { $0.failures[.connect] = .cancelled }
        _ = try await failure { try await fixture.sync() }
        #expect(try await fixture.state(token) == .obsolete)
        fixture.corp.change { ($0.failures, $0.fingerprint) = ([:], "other") }
        #expect(try await fixture.sync().held != nil)
        #expect(try await fixture.state(token) == .obsolete)
    }

    @Test func purgingByHandWaitsForNoGrace() async throws {
        let other = try await fixture.create("bob")
        try await fixture.sync()
        let gone = fixture.clock.now
        fixture.clock.advance(.minutes(5))
        let report = try await purge()
        let purged = PurgedToken(
            token: token.id, owner: fixture.corp.owner("alice"), login: "alice", email: "alice@corp.example",
            audience: "default", reason: "deleted", since: gone)
        #expect(report.purged == [purged] && report.held == nil && !report.dryRun)
        #expect(try await fixture.state(token) == .purged)
        #expect(try fixture.verify(token) == .unknown)
        #expect(try fixture.verify(other) == .active)
        #expect(try await purge().purged.isEmpty)
    }

    @Test func aDryRunShowsThePlanAndPurgesNothing() async throws {
        try await fixture.sync()
        let shown = try await purge(PurgeRequest(dryRun: true))
        #expect(shown.dryRun && shown.purged.map(\.token) == [token.id])
        #expect(try await fixture.state(token) == .obsolete)
        let done = try await purge(PurgeRequest(plan: shown.plan))
        #expect(done.plan == shown.plan && done.purged == shown.purged)
        #expect(try await fixture.state(token) == .purged)
    }

    @Test func aPlanThatHasChangedPurgesNothing() async throws {
        let bobs = try await fixture.create("bob")
        try await fixture.sync()
        let shown = try await purge(PurgeRequest(dryRun: true))
        fixture.corp.remove("bob")
        try await fixture.sync()
        let error = try await failure { try await purge(PurgeRequest(plan: shown.plan)) }
        let now = try await purge(PurgeRequest(dryRun: true))
        #expect(error?.kind == .held(now.plan) && now.plan != shown.plan)
        #expect(try await fixture.state(token) == .obsolete)
        #expect(try await fixture.state(bobs) == .obsolete)
    }

    @Test func oneSourceAloneMayBePurged() async throws {
        try await fixture.sync()
        let kind = try await failureKind { try await purge(PurgeRequest(source: "other")) }
        #expect(kind == .invalid("source"))
        #expect(try await purge(PurgeRequest(source: "corp")).purged.count == 1)
    }
}
