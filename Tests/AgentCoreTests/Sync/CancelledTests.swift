import AgentCore
import Testing
import TokenCore

/// Readings that are called off, as when the daemon stops.
struct CancelledTests {
    let fixture: AgentFixture
    let token: IssuedToken

    init() async throws {
        fixture = try AgentFixture()
        try await fixture.sync()
        token = try await fixture.create("alice")
        fixture.corp.remove("alice")
    }

    private func begin() -> Task<ErrorKind?, any Error> {
        Task { [fixture] in try await failureKind { try await fixture.sync() } }
    }

    @Test func whoCouldNotBeAskedAboutAnyMoreIsNotUnconfirmed() async throws {
        let before = try await fixture.sourceState()
        let gate = fixture.corp.gate(.confirmation)
        fixture.corp.change { $0.unconfirmable["id-alice"] = .cancelled }
        let reading = begin()
        await gate.arrival()
        reading.cancel()
        gate.open()
        #expect(try await reading.value == .directoryUnavailable)
        let after = try #require(try await fixture.sourceState())
        #expect(after.lastCompleteAt == before?.lastCompleteAt && after.unconfirmed == 0)
        #expect(after.lastError == "cancelled")
        #expect(try fixture.verify(token) == .active)
    }

    @Test func whoWaitsForAnotherReadingLeavesNoTrace() async throws {
        let gate = fixture.corp.gate(.connect)
        let first = begin()
        await gate.arrival()
        let number = try await fixture.sourceState()?.reading
        let second = begin()
        second.cancel()
        #expect(try await second.value == .directoryUnavailable, "while the first one goes on")
        #expect(try await fixture.sourceState()?.reading == number)
        #expect(try await fixture.sourceState()?.lastError == nil)
        fixture.corp.change { $0.gates = [:] }
        gate.open()
        #expect(try await first.value == nil)
        #expect(try await fixture.state(token) == .obsolete)
    }
}
