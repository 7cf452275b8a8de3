import AgentCore
import Testing
import TokenCore

/// What the guard stops.
struct HoldTests {
    let fixture: AgentFixture

    init() throws { fixture = try AgentFixture(logins: []) }

    private var people: Range<Int> { 0..<25 }

    @Test func whenManyVanishNothingIsApplied() async throws {
        let tokens = try await fixture.populate(40)
        for number in 40..<140 { fixture.corp.add("person-\(number)") }
        try await fixture.sync()
        let state = try await fixture.sourceState()
        fixture.corp.remove(people.map { "person-\($0)" })
        fixture.corp.disable("person-39")
        fixture.corp.add("newcomer")
        let report = try await fixture.sync()
        #expect(report.complete && !report.accepted && report.gone == 0 && report.missing == 0)
        let held = try #require(report.held)
        #expect(held.hold.reasons == [.tooManyRemovals] && held.hold.limit == 10)
        #expect(held.heldAt == fixture.clock.now)
        #expect(Set(held.hold.plan.removals.map(\.login)) == Set(people.map { "person-\($0)" }))
        for token in tokens { #expect(try fixture.verify(token) == .active) }
        #expect(try await fixture.person("person-39")?.standing == .present)
        #expect(try await fixture.person("newcomer") == nil)
        #expect(try await fixture.heldPlan() == held)
        let now = try await fixture.sourceState()
        #expect(now?.lastCompleteAt == state?.lastCompleteAt && now?.people == state?.people)
        #expect(now?.lastError == nil)
    }

    @Test func theSamePlanIsHeldSinceTheFirstTime() async throws {
        _ = try await fixture.populate(40)
        fixture.corp.remove(people.map { "person-\($0)" })
        let first = try await fixture.sync()
        let revision = fixture.revision
        let second = try await fixture.sync()
        #expect(second.held == first.held)
        // Said once in the audit trail.
        #expect(fixture.revision == revision)
        fixture.corp.remove("person-30")
        let third = try await fixture.sync()
        #expect(third.held?.hold.plan.id != first.held?.hold.plan.id)
        #expect(third.held?.heldAt == fixture.clock.now)
        #expect(fixture.revision == revision + 1)
    }

    @Test func tenMayGoByThemselves() async throws {
        let tokens = try await fixture.populate(60)
        fixture.corp.remove((0..<10).map { "person-\($0)" })
        #expect(try await fixture.sync().gone == 10)
        #expect(try fixture.verify(tokens[9]) == .refused(.obsolete))
        fixture.corp.remove((10..<21).map { "person-\($0)" })
        #expect(
            try await fixture.sync().held?.hold.reasons == [
                .tooManyRemovals, .peopleDropped(from: 50, to: 39),
            ])
        #expect(try fixture.verify(tokens[10]) == .active)
    }

    @Test func aDropOfPeopleIsHeldThoughNobodyLosesAToken() async throws {
        _ = try await fixture.populate(1)
        for number in 0..<99 { fixture.corp.add("other-\(number)") }
        try await fixture.sync()
        fixture.corp.remove((0..<21).map { "other-\($0)" })
        let report = try await fixture.sync()
        #expect(report.held?.hold.reasons == [.peopleDropped(from: 100, to: 79)])
        #expect(try await fixture.person("other-0") != nil)
        fixture.corp.add("other-0")
        let next = try await fixture.sync()
        #expect(next.accepted && next.people == 80)
    }

    @Test func anotherConfigurationIsHeldOnceAndThenFree() async throws {
        let tokens = try await fixture.populate(3)
        fixture.corp.change { $0.fingerprint = "fingerprint-2" }
        let report = try await fixture.sync()
        let plan = try #require(report.held?.hold.plan)
        #expect(report.held?.hold.reasons == [.configurationChanged(keys: [])] && plan.removals.isEmpty)
        #expect(try await fixture.sync().held != nil)
        let approved = try await fixture.sync(approve: plan.id)
        #expect(approved.accepted)
        #expect(try await fixture.sync().accepted)
        #expect(try await fixture.heldPlan() == nil)
        #expect(try fixture.verify(tokens[0]) == .active)
    }

    @Test func aDryRunChangesNothing() async throws {
        let tokens = try await fixture.populate(60)
        let (state, revision) = (try await fixture.sourceState(), fixture.revision)
        fixture.corp.remove("person-0")
        fixture.corp.disable("person-1")
        let small = try await fixture.sync(dryRun: true)
        #expect(small.dryRun && small.complete && !small.accepted)
        #expect(small.gone == 1 && small.disabled == 1 && small.changed == 1)
        fixture.corp.remove(people.map { "person-\($0)" })
        let large = try await fixture.sync(dryRun: true)
        #expect(large.held?.hold.plan.removals.count == 25)
        #expect(try await fixture.heldPlan() == nil)
        #expect(try await fixture.sourceState() == state)
        #expect(fixture.revision == revision)
        for token in tokens { #expect(try fixture.verify(token) == .active) }
    }

    @Test func aCleanReadingDropsTheHeldPlan() async throws {
        _ = try await fixture.populate(40)
        let content = fixture.corp.now.people
        fixture.corp.remove(people.map { "person-\($0)" })
        let plan = try #require(try await fixture.sync().held?.hold.plan.id)
        fixture.corp.change { $0.people = content }
        #expect(try await fixture.sync().accepted)
        #expect(try await fixture.heldPlan() == nil)
        #expect(try await failureKind { try await fixture.sync(approve: plan) } == .notFound)
    }

    @Test func aFailedReadingKeepsTheHeldPlan() async throws {
        _ = try await fixture.populate(40)
        fixture.corp.remove(people.map { "person-\($0)" })
        let held = try await fixture.sync().held
        fixture.corp.change { $0.failures[.connect] = .cancelled }
        _ = try await failure { try await fixture.sync() }
        #expect(try await fixture.heldPlan() == held)
        try await fixture.restart()
        #expect(try await fixture.heldPlan() == held)
    }
}
