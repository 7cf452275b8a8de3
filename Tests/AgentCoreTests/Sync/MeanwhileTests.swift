import AgentCore
import Testing
import TokenCore

/// What happens while a reading is under way.
struct MeanwhileTests {
    let fixture: AgentFixture
    let old: IssuedToken

    init() async throws {
        fixture = try AgentFixture()
        try await fixture.sync()
        old = try await fixture.create("alice")
        fixture.corp.remove("alice")
    }

    @Test(arguments: [FakeDirectory.Point.connect, .enumeration(after: 4), .confirmation])
    func whoGetsATokenMeanwhileIsJudgedAsEverybody(point: FakeDirectory.Point) async throws {
        let gate = fixture.corp.gate(point)
        async let report = fixture.sync()
        await gate.arrival()
        fixture.corp.change { $0.gates = [:] }
        let new = try await fixture.create(.id(fixture.corp.owner("alice"))) { $0.name = "new" }
        let renewed = try await fixture.agent.rotate(
            RotateRequest(id: old.id, renew: true), fixture.everyone())
        gate.open()
        #expect(try await report.gone == 1)
        for token in [new, renewed] { #expect(try fixture.verify(token) == .refused(.obsolete)) }
    }

    @Test func whoGetsTheirFirstTokenMeanwhileIsJudgedAsEverybody() async throws {
        fixture.corp.remove("bob")
        let gate = fixture.corp.gate(.enumeration(after: 4))
        async let report = fixture.sync()
        await gate.arrival()
        fixture.corp.change { $0.gates = [:] }
        let token = try await fixture.create("bob")
        gate.open()
        #expect(try await report.gone == 2)
        #expect(try fixture.verify(token) == .refused(.obsolete))
    }

    @Test(arguments: [FakeDirectory.Point.enumeration(after: 4), .confirmation])
    func whoIsFoundMeanwhileIsSpared(point: FakeDirectory.Point) async throws {
        let gate = fixture.corp.gate(point)
        async let report = fixture.sync()
        await gate.arrival()
        fixture.corp.change { $0.gates = [:] }
        // Found by a server that has them already, and not by the one that is read.
        fixture.corp.add("newcomer")
        let token = try await fixture.create("newcomer")
        fixture.corp.remove("newcomer")
        gate.open()
        #expect(try await report.gone == 1, "that is alice")
        #expect(try fixture.verify(token) == .active)
        // The next one judges them.
        #expect(try await fixture.sync().gone == 1)
        #expect(try fixture.verify(token) == .refused(.obsolete))
    }

    @Test func whoWasFoundBeforeIsNotSpared() async throws {
        fixture.corp.add("newcomer")
        let token = try await fixture.create("newcomer")
        fixture.corp.remove("newcomer")
        #expect(try await fixture.sync().gone == 2)
        #expect(try fixture.verify(token) == .refused(.obsolete))
    }

    @Test func whatWasRevokedMeanwhileStaysRevoked() async throws {
        let gate = fixture.corp.gate(.confirmation)
        async let report = fixture.sync()
        await gate.arrival()
        fixture.corp.change { $0.gates = [:] }
        _ = try await fixture.agent.revoke(old.id, reason: nil, try fixture.everyone())
        gate.open()
        _ = try await report
        #expect(try fixture.verify(old) == .refused(.revoked))
    }

    @Test func whoIsFoundGoneWhileATokenIsMadeGetsNone() async throws {
        let hold = await fixture.holdWriter()
        // Its first write waits for the writer, and is the reading's number.
        async let report = fixture.sync()
        #expect(try await fixture.queued(1))
        let gate = fixture.corp.gate(.confirmation)
        hold.open()
        await gate.arrival()
        fixture.corp.change { $0.gates = [:] }
        let again = await fixture.holdWriter()
        gate.open()
        #expect(try await fixture.queued(1))
        // The store still says that she is there; the reading that says otherwise comes first.
        async let refused = failureKind { try await fixture.create("alice", name: "late") }
        #expect(try await fixture.queued(2))
        again.open()
        #expect(try await report.gone == 1)
        #expect(try await refused == .notFound)
        #expect(try fixture.verify(old) == .refused(.obsolete))
    }

    @Test func verifyingGoesOn() async throws {
        let gate = fixture.corp.gate(.enumeration(after: 4))
        async let report = fixture.sync()
        await gate.arrival()
        #expect(try fixture.verify(old) == .active)
        #expect(try await fixture.show(old).state == .active)
        fixture.corp.change { $0.gates = [:] }
        gate.open()
        #expect(try await report.gone == 1)
    }

    @Test func readingsOfOneSourceTakeTurns() async throws {
        let gate = fixture.corp.gate(.enumeration(after: 4))
        async let first = fixture.sync()
        await gate.arrival()
        fixture.corp.change { $0.gates = [:] }
        async let second = fixture.sync()
        async let third = fixture.sync()
        for _ in 0..<1000 { await Task.yield() }
        #expect(fixture.corp.counts.enumerated == 2)
        #expect(fixture.corp.counts.connected - fixture.corp.counts.closed == 1)
        gate.open()
        #expect(try await [first, second, third].map(\.gone).reduce(0, +) == 1)
        #expect(fixture.corp.counts.enumerated == 4)
        #expect(try await fixture.sourceState()?.reading == 4)
    }

    @Test func aReadingThatFailsGivesTheTurnOn() async throws {
        let gate = fixture.corp.gate(.connect)
        fixture.corp.change { $0.failures[.connect] = .cancelled }
        async let first = failureKind { try await fixture.sync() }
        await gate.arrival()
        async let second = failureKind { try await fixture.sync() }
        fixture.corp.change { $0.gates = [:] }
        gate.open()
        #expect(try await first == .directoryUnavailable)
        #expect(try await second == .directoryUnavailable)
    }

    @Test func aNewPersonCreatedMeanwhileStays() async throws {
        let gate = fixture.corp.gate(.confirmation)
        async let report = fixture.sync()
        await gate.arrival()
        fixture.corp.change { $0.gates = [:] }
        fixture.corp.add("newcomer")
        let token = try await fixture.create("newcomer")
        gate.open()
        _ = try await report
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.person("newcomer")?.standing == .present)
    }

    @Test func aNewPersonWhoRevokesAtOnceIsNotMissing() async throws {
        let gate = fixture.corp.gate(.confirmation)
        async let report = fixture.sync()
        await gate.arrival()
        fixture.corp.change { $0.gates = [:] }
        fixture.corp.add("newcomer")
        let token = try await fixture.create("newcomer")
        _ = try await fixture.agent.revoke(token.id, reason: nil, try fixture.everyone())
        fixture.corp.remove("newcomer")
        gate.open()
        _ = try await report
        #expect(try await fixture.person("newcomer")?.standing == .present)
    }
}
