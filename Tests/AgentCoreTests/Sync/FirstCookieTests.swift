import Testing
import TokenCore

@testable import AgentCore

/// A source that refuses a first cookie for the moment.
struct FirstCookieTests {
    let fixture: AgentFixture
    private let busy = DirectoryError.refused(server: "fake", code: 51, detail: "Server is busy")

    init() throws {
        fixture = try AgentFixture()
        fixture.corp.tellChanges()
    }

    @Test func theFormerOneIsKeptWhereItIsStillGood() async throws {
        try await fixture.sync()
        fixture.corp.change { ($0.refusal, $0.cookie) = (busy, FakeDirectory.cookie(2)) }
        #expect(try await fixture.sync().accepted)
        #expect(try await fixture.sourceState()?.cookie == FakeDirectory.cookie(1))
        // Of another filter it says nothing.
        fixture.corp.change { $0.fingerprint = "fingerprint-2" }
        let held = try #require(try await fixture.sync().held)
        try await fixture.sync(approve: held.hold.plan.id)
        #expect(try await fixture.sourceState()?.cookie == nil)
        #expect(try await fixture.sourceState()?.changesRefusal?.contains("busy") == true)
    }

    @Test func theOneOfASourceThatHasNoWayAnyMoreIsNotKept() async throws {
        try await fixture.sync()
        fixture.corp.change { $0.cookie = nil }
        #expect(try await fixture.sync().accepted)
        #expect(try await fixture.sourceState()?.cookie == nil)
    }

    @Test func itIsAskedForAgainBeforeTheNextFullReading() async throws {
        fixture.corp.change { $0.refusal = busy }
        let directory = fixture.directories[0]
        #expect(await fixture.agent.sync.offersChanges(directory) == false)
        fixture.corp.change { $0.refusal = nil }
        #expect(await fixture.agent.sync.offersChanges(directory) == true)
        fixture.corp.change { $0.cookie = nil }
        #expect(await fixture.agent.sync.offersChanges(directory) == nil)
        #expect(fixture.corp.counts.connected == fixture.corp.counts.closed)
    }

    @Test func aScheduleReadsAsSoonAsItIsGiven() async throws {
        fixture.corp.change { $0.refusal = busy }
        var directory = fixture.directories[0]
        directory.changesInterval = .milliseconds(20)
        let schedule = SyncSchedule(agent: fixture.agent, directory: directory)
        let running = Task { try await schedule.run() }
        #expect(try await fixture.eventually { fixture.corp.counts.connected > 3 })
        #expect(fixture.corp.counts.enumerated == 1)
        fixture.corp.change { $0.refusal = nil }
        #expect(try await fixture.eventually { try await fixture.sourceState()?.cookie != nil })
        #expect(fixture.corp.counts.enumerated == 2)
        running.cancel()
        _ = await running.result
    }

    @Test func aHeldPlanIsNoReasonToReadEverybodyAgainAndAgain() async throws {
        for number in 0..<12 { fixture.corp.add("person-\(number)") }
        try await fixture.sync()
        for number in 0..<12 {
            _ = try await fixture.create("person-\(number)")
            fixture.corp.remove("person-\(number)")
        }
        fixture.clock.advance(.minutes(1))
        #expect(try await fixture.sync().held != nil)
        var directory = fixture.directories[0]
        directory.changesInterval = .milliseconds(5)
        let schedule = SyncSchedule(agent: fixture.agent, directory: directory)
        let running = Task { try await schedule.run() }
        // Once, as nobody remembers that it was held.
        #expect(try await fixture.eventually { fixture.corp.counts.enumerated == 3 })
        try await Task.sleep(for: .milliseconds(200))
        #expect(fixture.corp.counts.enumerated == 3)
        running.cancel()
        _ = await running.result
    }
}
