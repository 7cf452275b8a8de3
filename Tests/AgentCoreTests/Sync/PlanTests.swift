import AgentCore
import Testing
import TokenCore

/// What a plan is, and for how long.
struct PlanTests {
    private let fixture: AgentFixture

    init() throws { fixture = try AgentFixture(logins: []) }

    private func held() async throws -> HeldPlan {
        _ = try await fixture.populate(40)
        fixture.corp.remove((0..<25).map { "person-\($0)" })
        return try #require(try await fixture.sync().held)
    }

    @Test func `a plan expires after a week, and says when`() async throws {
        let plan = try await held()
        #expect(plan.expiresAt == plan.heldAt + .days(7))
        fixture.clock.advance(.days(7))
        let error = await #expect(throws: AgentError.self) {
            try await fixture.sync(approve: plan.hold.plan.id)
        }
        guard case .held(let id, let detail) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(id == plan.hold.plan.id)
        #expect(detail.contains("expired") && detail.contains("read corp again"))
        #expect(try await fixture.person("person-0")?.standing == .present)
    }

    @Test func `an expired plan that is found again is held anew, and may be approved`() async throws {
        let plan = try await held()
        fixture.clock.advance(.days(8))
        let again = try #require(try await fixture.sync().held)
        #expect(again.hold.plan.id == plan.hold.plan.id)
        #expect(again.heldAt == fixture.clock.now)
        #expect(try await fixture.sync(approve: plan.hold.plan.id).gone == 25)
    }

    @Test func `a fall in people by a third is another plan than one by half`() async throws {
        _ = try await fixture.populate(1)
        for number in 0..<99 { fixture.corp.add("other-\(number)") }
        try await fixture.sync()
        fixture.corp.remove((0..<33).map { "other-\($0)" })
        let third = try #require(try await fixture.sync().held)
        #expect(third.hold.plan.removals.isEmpty)
        fixture.corp.remove((33..<50).map { "other-\($0)" })
        let half = try #require(try await fixture.sync().held)
        #expect(half.hold.plan.id != third.hold.plan.id)
        await #expect(throws: AgentError.self) { try await fixture.sync(approve: third.hold.plan.id) }
        #expect(try await fixture.heldPlan() == half)
        #expect(try await fixture.sync(approve: half.hold.plan.id).accepted)
    }

    @Test func `a held plan outlives a restart under its id, the fall in people included`() async throws {
        _ = try await fixture.populate(1)
        for number in 0..<99 { fixture.corp.add("other-\(number)") }
        try await fixture.sync()
        fixture.corp.remove((0..<33).map { "other-\($0)" })
        let plan = try #require(try await fixture.sync().held)
        try await fixture.restart()
        #expect(try await fixture.heldPlan() == plan)
        #expect(try await fixture.sync(approve: plan.hold.plan.id).accepted)
    }
}
