import AgentCore
import Testing
import TokenCore
import TokenStorage

struct StatusTests {
    let fixture: AgentFixture

    init() throws { fixture = try AgentFixture() }

    private func status() async throws -> SourceStatus {
        try await fixture.agent.directoryStatus(try fixture.verifier())[0]
    }

    @Test func aDirectoryIsUnreadThenCurrentThenStale() async throws {
        #expect(try await status().state == .unread)
        try await fixture.sync()
        let current = try await status()
        #expect(current.state == .current)
        #expect(current.memory.people == AgentFixture.logins.count && current.memory.reading == 1)
        #expect(current.memory.lastCompleteAt == fixture.clock.now)
        fixture.clock.advance(.hours(48))
        #expect(try await status().state == .current)
        fixture.clock.advance(.milliseconds(1))
        #expect(try await status().state == .stale)
    }

    @Test func aFailureIsToldUntilItIsOver() async throws {
        try await fixture.sync()
        let read = fixture.clock.now
        fixture.corp.change { $0.failures[.connect] = .timedOut(server: "s", phase: "bind") }
        _ = try await failureKind { try await fixture.sync() }
        let failing = try await status()
        #expect(failing.state == .failing)
        #expect(failing.memory.lastError == "s did not answer in time (bind)")
        #expect(failing.memory.lastCompleteAt == read)
        #expect(failing.memory.lastAttemptAt == fixture.clock.now)
        fixture.corp.change { $0.failures = [:] }
        try await fixture.sync()
        #expect(try await status().state == .current)
    }

    @Test func aHeldPlanIsTold() async throws {
        try await fixture.sync()
        fixture.corp.change { $0.fingerprint = "fingerprint-2" }
        let report = try await fixture.sync()
        let status = try await status()
        #expect(status.state == .held && status.held == report.held)
    }

    @Test func aReadingUnderWayTellsHowFarItIs() async throws {
        let gate = fixture.corp.gate(.enumeration(after: 5))
        async let report = fixture.sync()
        await gate.arrival()
        #expect(try await status().progress == 5)
        gate.open()
        _ = try await report
        #expect(try await status().progress == nil)
    }

    @Test func theAgentCountsWhatItHas() async throws {
        try await fixture.sync()
        try await fixture.create("alice")
        fixture.clock.advance(.minutes(5))
        let facts = try await fixture.agent.status(try fixture.verifier())
        #expect(facts.people == AgentFixture.logins.count)
        #expect(facts.tokens == [.active: 1])
        #expect(facts.startedAt == TestClock.start && facts.now == fixture.clock.now)
        #expect(facts.storage.bytes > 0 && facts.storage.path == fixture.store.path)
    }

    @Test func directoriesAreExaminedByName() async throws {
        let checks = try await fixture.agent.examineDirectories(source: nil, try fixture.admin())
        #expect(checks.map(\.source) == ["corp"] && checks[0].checks.map(\.check) == ["connect"])
        let kind = try await failureKind {
            try await fixture.agent.examineDirectories(source: "other", try fixture.admin()).count
        }
        #expect(kind == .invalid("source"))
    }
}
