import AgentCore
import Testing
import TokenCore
import TokenStorage

struct SyncScheduleTests {
    @Test func aStoreThatFailsIsNotAskedWithoutAPause() async throws {
        let log = CountingLog()
        let fixture = try AgentFixture(log: log)
        await fixture.store.close()
        let schedule = SyncSchedule(agent: fixture.agent, directory: fixture.directories[0])
        let running = Task { try await schedule.run() }
        #expect(try await fixture.eventually { log.count > 0 })
        // Many times as long as it takes to fail once more.
        for _ in 0..<1000 { await fixture.letOthersRun() }
        #expect(log.count == 1)
        running.cancel()
        try await running.value
    }

    @Test(arguments: [TimeSpan.zero, .days(300)])
    func whatWasNeverReadIsReadAtOnceAndThenRests(leap: TimeSpan) async throws {
        let fixture = try AgentFixture()
        fixture.clock.leap(leap)
        let schedule = SyncSchedule(agent: fixture.agent, directory: fixture.directories[0])
        let running = Task { try await schedule.run() }
        #expect(try await fixture.eventually { try await fixture.sourceState()?.lastCompleteAt != nil })
        // Another reading would have had its turns of the writer among so many.
        for number in 0..<50 { try await fixture.create("bob", name: "\(number)") }
        #expect(fixture.corp.counts.enumerated == 1)
        running.cancel()
        try await running.value
    }

    /// It may be right, as after a machine was paused: then nobody has looked for as long.
    @Test func aClockThatLeapsMakesItReadOnce() async throws {
        let fixture = try AgentFixture()
        fixture.corp.tellChanges()
        var directory = fixture.directories[0]
        directory.changesInterval = .milliseconds(5)
        let schedule = SyncSchedule(agent: fixture.agent, directory: directory)
        let running = Task { try await schedule.run() }
        #expect(try await fixture.eventually { try await fixture.sourceState()?.cookie != nil })
        fixture.clock.leap(.days(40))
        #expect(try await fixture.eventually { fixture.corp.counts.enumerated == 2 })
        let asked = fixture.corp.counts.connected
        #expect(try await fixture.eventually { fixture.corp.counts.connected > asked + 5 })
        #expect(fixture.corp.counts.enumerated == 2)
        running.cancel()
        _ = await running.result
    }

    /// Who is away by it is there again, and the next leap is not missed.
    @Test func aClockThatIsMendedMakesItReadAgain() async throws {
        let fixture = try AgentFixture()
        fixture.corp.tellChanges()
        var directory = fixture.directories[0]
        directory.changesInterval = .milliseconds(5)
        let schedule = SyncSchedule(agent: fixture.agent, directory: directory)
        let running = Task { try await schedule.run() }
        #expect(try await fixture.eventually { try await fixture.sourceState()?.cookie != nil })
        for (number, leap) in [40, -40, 60, -60].enumerated() {
            fixture.clock.leap(.days(Int64(leap)))
            #expect(try await fixture.eventually { fixture.corp.counts.enumerated == number + 2 })
            let asked = fixture.corp.counts.connected
            #expect(try await fixture.eventually { fixture.corp.counts.connected > asked + 5 })
            #expect(fixture.corp.counts.enumerated == number + 2)
        }
        running.cancel()
        _ = await running.result
    }

    @Test func aClockThatWasMendedOverARestartMakesItReadAgain() async throws {
        let fixture = try AgentFixture()
        fixture.clock.leap(.days(40))
        try await fixture.sync()
        try await fixture.agent.keepHouse()
        try await fixture.restart()
        fixture.clock.leap(.days(-40))
        try await fixture.restart()
        let schedule = SyncSchedule(agent: fixture.agent, directory: fixture.directories[0])
        let running = Task { try await schedule.run() }
        #expect(try await fixture.eventually { fixture.corp.counts.enumerated == 2 })
        for number in 0..<50 { try await fixture.create("bob", name: "\(number)") }
        #expect(fixture.corp.counts.enumerated == 2)
        running.cancel()
        _ = await running.result
    }

    /// Once: the guard holds what is found then, until somebody says that it is meant.
    @Test func whatIsConfiguredOtherwiseIsReadAtStart() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        fixture.corp.change { $0.fingerprint = "fingerprint-2" }
        let schedule = SyncSchedule(agent: fixture.agent, directory: fixture.directories[0])
        let running = Task { try await schedule.run() }
        #expect(try await fixture.eventually { try await fixture.heldPlan() != nil })
        for number in 0..<50 { try await fixture.create("bob", name: "\(number)") }
        #expect(fixture.corp.counts.enumerated == 2)
        running.cancel()
        _ = await running.result
    }

    @Test func whatIsConfiguredAsItWasRestsAtStart() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        let schedule = SyncSchedule(agent: fixture.agent, directory: fixture.directories[0])
        let running = Task { try await schedule.run() }
        for number in 0..<50 { try await fixture.create("bob", name: "\(number)") }
        #expect(fixture.corp.counts.enumerated == 1)
        running.cancel()
        _ = await running.result
    }

    /// It waits ever longer after failures: what somebody has mended and read by hand ends that.
    @Test func `after a reading by hand, changes are asked for again`() async throws {
        let fixture = try AgentFixture()
        fixture.corp.tellChanges()
        fixture.corp.change {
            $0.failures[.connect] = .unreachable(server: "fake", code: -1, detail: "it is down")
        }
        var directory = fixture.directories[0]
        directory.changesInterval = .milliseconds(5)
        let schedule = SyncSchedule(agent: fixture.agent, directory: directory)
        let running = Task { try await schedule.run() }
        #expect(try await fixture.eventually { try await fixture.sourceState()?.lastError != nil })
        fixture.corp.change { $0.failures[.connect] = nil }
        _ = try await fixture.agent.sync(SyncRequest(source: "corp"), fixture.admin())
        let asked = fixture.corp.counts.connected
        #expect(try await fixture.eventually { fixture.corp.counts.connected > asked })
        #expect(fixture.corp.counts.enumerated == 1)
        running.cancel()
        _ = await running.result
    }

    @Test func `after an approval, changes are asked for again`() async throws {
        let fixture = try AgentFixture()
        _ = try await fixture.populate(12)
        fixture.corp.change { $0.fingerprint = "fingerprint-2" }
        fixture.corp.tellChanges()
        fixture.corp.remove("person-1")
        var directory = fixture.directories[0]
        directory.changesInterval = .milliseconds(5)
        let schedule = SyncSchedule(agent: fixture.agent, directory: directory)
        let running = Task { try await schedule.run() }
        #expect(try await fixture.eventually { try await fixture.heldPlan() != nil })
        let plan = try #require(try await fixture.heldPlan()).hold.plan.id
        fixture.clock.advance(.seconds(1))
        let request = SyncRequest(source: "corp", approve: plan)
        _ = try await fixture.agent.sync(request, fixture.admin())
        let asked = fixture.corp.counts.connected
        #expect(try await fixture.eventually { fixture.corp.counts.connected > asked })
        #expect(fixture.corp.counts.enumerated == 3)
        running.cancel()
        _ = await running.result
    }

    /// A search that timed out is no reason to wait for the next interval.
    @Test(arguments: [false, true])
    func `who could not be asked about is soon read again`(byHand: Bool) async throws {
        let fixture = try AgentFixture()
        fixture.corp.tellChanges()
        let tokens = try await fixture.populate(2)
        fixture.corp.remove("person-1")
        fixture.corp.change {
            $0.unconfirmable["id-person-1"] = .timedOut(server: "fake", phase: "confirming")
        }
        var directory = fixture.directories[0]
        directory.changesInterval = .milliseconds(5)
        if !byHand { fixture.clock.advance(directory.interval) }
        let schedule = SyncSchedule(agent: fixture.agent, directory: directory)
        let running = Task { try await schedule.run() }
        if byHand {
            let before = fixture.corp.counts.connected
            #expect(try await fixture.eventually { fixture.corp.counts.connected > before })
            try await fixture.sync()
        }
        #expect(try await fixture.eventually { try await fixture.sourceState()?.unconfirmed == 1 })
        let read = fixture.corp.counts.enumerated
        // Not without a pause, and changes are asked for in it.
        let asked = fixture.corp.counts.connected
        #expect(try await fixture.eventually { fixture.corp.counts.connected > asked + 5 })
        #expect(fixture.corp.counts.enumerated == read)
        fixture.clock.advance(.minutes(1))
        #expect(try await fixture.eventually { fixture.corp.counts.enumerated == read + 1 })
        // Ever more rarely, where it does not mend itself.
        let reread = try await fixture.sourceState()?.lastAttemptAt
        #expect(try await fixture.eventually { try await fixture.sourceState()?.lastCompleteAt == reread })
        fixture.clock.advance(.minutes(1))
        let again = fixture.corp.counts.connected
        #expect(try await fixture.eventually { fixture.corp.counts.connected > again + 5 })
        #expect(fixture.corp.counts.enumerated == read + 1)
        fixture.corp.change { $0.unconfirmable = [:] }
        fixture.clock.advance(.minutes(1))
        #expect(try await fixture.eventually { try fixture.verify(tokens[1]) == .refused(.obsolete) })
        running.cancel()
        _ = await running.result
    }
}
