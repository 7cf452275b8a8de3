import AgentCore
import Testing
import TokenCore

/// Who would be suspended because they are disabled now is part of what is held, and of what is approved.
struct DisabledPlanTests {
    private let fixture: AgentFixture

    init() throws { fixture = try AgentFixture(logins: []) }

    /// As when another value, or another attribute, is what disables.
    private func disableUnderOtherRule(_ people: Range<Int>) {
        fixture.corp.change { $0.fingerprint = "fingerprint-2" }
        for number in people { fixture.corp.disable("person-\(number)") }
    }

    @Test func `another rule of who is disabled names all whom it would suspend`() async throws {
        let tokens = try await fixture.populate(18)
        fixture.corp.add("without-tokens")
        try await fixture.sync()
        disableUnderOtherRule(0..<18)
        fixture.corp.disable("without-tokens")
        let plan = try #require(try await fixture.sync().held?.hold.plan)
        #expect(plan.removals.isEmpty && plan.disabled.count == 18)
        #expect(Set(plan.disabled.map(\.login)) == Set((0..<18).map { "person-\($0)" }))
        #expect(plan.effect == "would remove 0 and suspend 18 as disabled")
        for token in tokens { #expect(try fixture.verify(token) == .active) }
        #expect(try await fixture.sync(approve: plan.id).accepted)
        for token in tokens { #expect(try fixture.verify(token) == .refused(.suspended)) }
    }

    @Test func `who is disabled after somebody has looked is not approved with the others`() async throws {
        let tokens = try await fixture.populate(18)
        disableUnderOtherRule(0..<1)
        let looked = try #require(try await fixture.sync().held?.hold.plan)
        disableUnderOtherRule(1..<18)
        await #expect(throws: AgentError.self) { try await fixture.sync(approve: looked.id) }
        for token in tokens { #expect(try fixture.verify(token) == .active) }
        let now = try #require(try await fixture.heldPlan()?.hold.plan)
        #expect(now.id != looked.id && now.disabled.count == 18)
    }

    @Test func `who is suspended already is not told again`() async throws {
        _ = try await fixture.populate(18)
        fixture.corp.disable("person-0")
        try await fixture.sync()
        disableUnderOtherRule(0..<2)
        let plan = try #require(try await fixture.sync().held?.hold.plan)
        #expect(plan.disabled.map(\.login) == ["person-1"])
    }

    @Test func `held changes tell of them as well, and a restart forgets nobody`() async throws {
        fixture.corp.tellChanges()
        _ = try await fixture.populate(40)
        try await fixture.sync()
        let leavers = (0..<11).map { "person-\($0)" }
        fixture.corp.remove(leavers)
        fixture.corp.disable("person-39")
        fixture.corp.tell(upserts: ["person-39"], hints: leavers, cookie: 2)
        var request = SyncRequest(source: "corp")
        request.mode = .changes
        let held = try #require(try await fixture.syncAll(request)[0].held)
        #expect(held.hold.plan.removals.count == 11)
        #expect(held.hold.plan.disabled.map(\.login) == ["person-39"])
        try await fixture.restart()
        #expect(try await fixture.heldPlan() == held)
        #expect(try await fixture.heldPlan()?.hold.plan.id == held.hold.plan.id)
    }
}
