import Synchronization
import Testing
import TokenCore

@testable import AgentCore

/// Counts how often it is asked to count, and may be held.
private final class Counter: Sendable {
    private let state = Mutex((counts: 0, isHeld: false))

    var counts: Int { state.withLock { $0.counts } }
    func hold(_ isHeld: Bool) { state.withLock { $0.isHeld = isHeld } }

    func count(took: Duration) async -> (Census, took: Duration) {
        let number = state.withLock { state in
            state.counts += 1
            return state.counts
        }
        while state.withLock({ $0.isHeld }) { await Task.yield() }
        return (Census(tokens: [.active: number], people: 0), took)
    }
}

struct CensusTests {
    private let censuses = Censuses()
    private let counter = Counter()

    private func ask(took: Duration = .zero) async throws -> Int? {
        let counter = counter
        return try await censuses.census { await counter.count(took: took) }.tokens[.active]
    }

    @Test func `who asks while one is made shares the next one, and never one that had begun`() async throws {
        counter.hold(true)
        async let first = ask()
        while counter.counts == 0 { await Task.yield() }
        let others = try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<100 { group.addTask { try await ask() } }
            for _ in 0..<1000 { await Task.yield() }
            #expect(counter.counts == 1)
            counter.hold(false)
            return try await group.reduce(into: Set<Int?>()) { $0.insert($1) }
        }
        #expect(try await first == 1)
        #expect(!others.contains(1) && others.contains(2))
        #expect(try await ask() == counter.counts)
    }

    @Test func `one that is cheap is made anew, and one that is not is kept for a while`() async throws {
        #expect(try await [ask(), ask(), ask()] == [1, 2, 3])
        #expect(try await ask(took: .milliseconds(200)) == 4)
        #expect(try await ask() == 4)
    }

    @Test func `one that fails is not kept`() async throws {
        struct Failure: Error {}
        await #expect(throws: Failure.self) { try await censuses.census { throw Failure() } }
        #expect(try await ask() == 1)
    }

    @Test func `the states of all tokens are counted as they are`() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        func counts() async throws -> [TokenState: Int] {
            try await fixture.agent.status(try fixture.verifier()).tokens
        }
        #expect(try await counts() == [:])
        let token = try await fixture.create("alice")
        try await fixture.create(.label("alice")) { ($0.name, $0.expiry) = ("short", .after(.days(1))) }
        try await fixture.create("bob")
        #expect(try await counts() == [.active: 3])
        fixture.clock.advance(.days(1))
        #expect(try await counts() == [.active: 2, .expired: 1])
        _ = try await fixture.agent.revoke(token.id, reason: nil, try fixture.everyone())
        #expect(try await counts() == [.active: 1, .expired: 1, .revoked: 1])
        _ = try await fixture.agent.restore(token.id, try fixture.admin())
        fixture.corp.remove("bob")
        try await fixture.sync()
        #expect(try await counts() == [.active: 1, .expired: 1, .obsolete: 1])
        _ = try await fixture.agent.purge(PurgeRequest(), try fixture.admin())
        _ = try await fixture.agent.revoke(token.id, reason: nil, try fixture.everyone())
        let all: [TokenState: Int] = [.expired: 1, .revoked: 1, .purged: 1]
        #expect(try await counts() == all)
        try await fixture.restart()
        #expect(try await counts() == all)
        fixture.clock.advance(.days(31))
        try await fixture.agent.keepHouse()
        #expect(try await counts() == [.purged: 1])
    }
}
