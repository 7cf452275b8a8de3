import AgentCore
import Testing
import TokenCore

/// An approval is for one plan, exactly as it was held, once.
struct ApprovalTests {
    let fixture: AgentFixture
    let tokens: [IssuedToken]
    let plan: String

    init() async throws {
        fixture = try AgentFixture(logins: [])
        tokens = try await fixture.populate(40)
        fixture.corp.remove((0..<25).map { "person-\($0)" })
        plan = try #require(try await fixture.sync().held?.hold.plan.id)
    }

    private func answers() throws -> [Answer: Int] {
        try tokens.reduce(into: [:]) { counts, token in counts[try fixture.verify(token), default: 0] += 1 }
    }

    @Test(arguments: [true, false])
    func itAppliesThePlanOnce(named: Bool) async throws {
        let request = SyncRequest(source: named ? "corp" : nil, approve: plan)
        let reports = try await fixture.syncAll(request)
        #expect(reports.map(\.gone) == [25] && reports.map(\.held) == [nil])
        #expect(try answers() == [.refused(.obsolete): 25, .active: 15])
        #expect(try await fixture.heldPlan() == nil)
        #expect(try await failureKind { try await fixture.syncAll(request) } == .notFound)
        #expect(try await fixture.sync().accepted)
        let story = try await fixture.agent.explain(tokens[0].id, try fixture.everyone())
        #expect(story.events.map(\.kind).contains(.userGone))
    }

    @Test(arguments: [true, false])
    func noOtherIdIsApproved(named: Bool) async throws {
        let other = String(plan.reversed())
        let request = SyncRequest(source: named ? "corp" : nil, approve: other)
        #expect(try await failureKind { try await fixture.syncAll(request) } == .notFound)
        #expect(try answers() == [.active: 40])
        #expect(try await fixture.heldPlan()?.hold.plan.id == plan)
    }

    @Test func aPlanThatGrewNoLongerHolds() async throws {
        fixture.corp.remove("person-30")
        let error = try await failure { try await fixture.sync(approve: plan) }
        let held = try #require(try await fixture.heldPlan())
        #expect(held.hold.plan.removals.count == 26 && held.hold.plan.id != plan)
        #expect(error?.kind == .held(held.hold.plan.id))
        #expect(try answers() == [.active: 40])
        #expect(try await failureKind { try await fixture.sync(approve: plan) } == .notFound)
        #expect(try await fixture.sync(approve: held.hold.plan.id).gone == 26)
    }

    @Test func aPlanThatShrankNoLongerHolds() async throws {
        fixture.corp.add("person-0")
        let error = try await failure { try await fixture.sync(approve: plan) }
        let held = try #require(try await fixture.heldPlan())
        #expect(held.hold.plan.removals.count == 24)
        #expect(error?.kind == .held(held.hold.plan.id))
        #expect(try answers() == [.active: 40])
    }

    @Test func aPlanThatTheGuardWouldPassIsNotKept() async throws {
        for number in 0..<24 { fixture.corp.add("person-\(number)") }
        let error = try await failure { try await fixture.sync(approve: plan) }
        guard case .held = error?.kind else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try answers() == [.active: 40])
        // Nothing is held any more: there is nothing to approve, and an ordinary reading does it.
        #expect(try await fixture.heldPlan() == nil)
        #expect(try await fixture.sync().gone == 1)
    }

    @Test func aDryRunOfAnApprovalChangesNothing() async throws {
        let held = try await fixture.heldPlan()
        let state = try await fixture.sourceState()
        let report = try await fixture.sync(dryRun: true, approve: plan)
        #expect(report.dryRun && report.gone == 25 && report.held == nil)
        fixture.corp.remove("person-30")
        _ = try await failure { try await fixture.sync(dryRun: true, approve: plan) }
        for number in 0..<30 { fixture.corp.add("person-\(number)") }
        _ = try await failure { try await fixture.sync(dryRun: true, approve: plan) }
        #expect(try await fixture.heldPlan() == held)
        #expect(try await fixture.sourceState() == state)
        #expect(try answers() == [.active: 40])
    }

    @Test func anUnreadableDirectoryApprovesNothing() async throws {
        fixture.corp.change { $0.failures[.enumeration(after: 3)] = .timedOut(server: "s", phase: "page") }
        #expect(try await failureKind { try await fixture.sync(approve: plan) } == .directoryUnavailable)
        #expect(try answers() == [.active: 40])
        fixture.corp.change { $0.failures = [:] }
        #expect(try await fixture.sync(approve: plan).gone == 25)
    }

    @Test func itOutlivesARestart() async throws {
        try await fixture.restart()
        #expect(try await fixture.sync(approve: plan).gone == 25)
    }

    @Test func nothingIsPurgedWhileAPlanIsHeld() async throws {
        let report = try await fixture.agent.purge(PurgeRequest(), try fixture.admin())
        #expect(report.purged.isEmpty && report.held?.hold.plan.id == plan)
        let dry = try await fixture.agent.purge(PurgeRequest(dryRun: true), try fixture.admin())
        #expect(dry.purged.isEmpty && dry.held == report.held)
    }
}
