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

    /// Of whom nobody could be asked about any more would pass for unknown, and the others be acted on.
    @Test func changesThatAreCalledOffDuringTheirLookUpsHaveNoEffect() async throws {
        let fixture = try AgentFixture()
        fixture.corp.tellChanges()
        try await fixture.sync()
        let tokens = [try await fixture.create("alice"), try await fixture.create("bob")]
        fixture.corp.remove(["alice", "bob"])
        fixture.corp.change { $0.unconfirmable["id-bob"] = .cancelled }
        fixture.corp.tell(hints: ["alice", "bob"], cookie: 2)
        let gate = fixture.corp.gate(.confirmation)
        let reading = Task {
            var request = SyncRequest(source: "corp")
            request.mode = .changes
            return try await fixture.syncAll(request)
        }
        await gate.arrival()
        reading.cancel()
        fixture.corp.change { $0.gates = [:] }
        gate.open()
        _ = await reading.result
        for token in tokens { #expect(try fixture.verify(token) == .active) }
        #expect(try await fixture.sourceState()?.cookie == FakeDirectory.cookie(1))
    }
}
