import AgentCore
import Testing
import TokenCore
import TokenStorage

/// What was applied is there after a restart, all of it or nothing.
struct CrashTests {
    @Test func anAppliedReadingIsTheSameAfterARestart() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        let tokens = [try await fixture.create("alice"), try await fixture.create("bob")]
        let extra = try await fixture.create("extra-0")
        fixture.corp.remove("alice")
        fixture.corp.disable("bob")
        fixture.corp.edit("extra-0") { $0.login = "renamed" }
        try await fixture.sync()
        let people = try await ["alice", "bob", "extra-0"].asyncMap { try await fixture.person($0) }
        let state = try await fixture.sourceState()
        try await fixture.restart()
        #expect(try fixture.verify(tokens[0]) == .refused(.obsolete))
        #expect(try fixture.verify(tokens[1]) == .refused(.suspended))
        #expect(try fixture.verify(extra) == .active)
        #expect(try await ["alice", "bob", "extra-0"].asyncMap { try await fixture.person($0) } == people)
        #expect(try await fixture.sourceState() == state)
        #expect(try await fixture.show(extra).login == "renamed")
        let intact = try await fixture.store.read { try $0.verifyAudit() }
        guard case .intact = intact else {
            Issue.record("\(intact)")
            return
        }
    }

    @Test func aReadingThatWasCutOffDidNothing() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        let token = try await fixture.create("alice")
        fixture.corp.remove("alice")
        fixture.corp.disable("bob")
        let gate = fixture.corp.gate(.confirmation)
        async let cut = failureKind { try await fixture.sync() }
        await gate.arrival()
        // The store is closed under the reading, as by a crash.
        try await fixture.restart()
        fixture.corp.change { $0.gates = [:] }
        gate.open()
        #expect(try await cut == .storageUnavailable)
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.person("bob")?.standing == .present)
        #expect(try await fixture.sync().gone == 1)
    }
}

extension Sequence where Element: Sendable {
    fileprivate func asyncMap<T>(_ body: (Element) async throws -> T) async rethrows -> [T] {
        var mapped: [T] = []
        for element in self { mapped.append(try await body(element)) }
        return mapped
    }
}
