import Testing
import TokenCore
import TokenStorage

@testable import AgentCore

struct HousekeepingTests {
    let fixture: AgentFixture

    init() async throws {
        fixture = try AgentFixture()
        try await fixture.sync()
    }

    private func stored(_ token: IssuedToken) async throws -> TokenRecord? {
        let id = token.id
        return try await fixture.store.read { try $0.token(id) }
    }

    @Test func lastUsesReachTheStore() async throws {
        let token = try await fixture.create("alice")
        fixture.clock.advance(.hours(1))
        _ = try fixture.verify(token)
        #expect(try await stored(token)?.lastUsedAt == nil)
        try await fixture.agent.keepHouse()
        #expect(try await stored(token)?.lastUsedAt == fixture.clock.now)
        #expect(try await fixture.show(token).record.lastUsedAt == fixture.clock.now)
        let used = fixture.clock.now
        try await fixture.restart()
        #expect(try await fixture.show(token).record.lastUsedAt == used)
        fixture.clock.advance(.minutes(4))
        _ = try fixture.verify(token)
        #expect(try await fixture.show(token).record.lastUsedAt == used)
    }

    @Test func anIdleRoundWritesNothing() async throws {
        try await fixture.create("alice")
        let revision = fixture.revision
        try await fixture.agent.keepHouse()
        #expect(fixture.revision == revision)
    }

    @Test func theLongExpiredArePurged() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.days(1)) }
        fixture.clock.advance(.days(31))
        try await fixture.agent.keepHouse()
        #expect(try await fixture.state(token) == .expired)
        fixture.clock.advance(.milliseconds(1))
        try await fixture.agent.keepHouse()
        #expect(try await fixture.state(token) == .purged)
        #expect(try fixture.verify(token) == .unknown)
        #expect(try await stored(token)?.ending?.reason == "expired")
    }

    @Test func `others take their turn between the parts of a round`() async throws {
        let fixture = fixture
        let count = Agent.partTokens + 10
        fixture.agent.change(AgentFixture.settings { $0.tokens.perOwnerMax = 1000 })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask {
                    try await fixture.create(.label("alice")) {
                        ($0.name, $0.expiry) = ("\(number)", .after(.days(1)))
                    }
                }
            }
            try await group.waitForAll()
        }
        fixture.clock.advance(.days(32))
        let now = fixture.clock.now
        // Or it would be what the round writes first.
        try await fixture.agent.settleClock(always: true)
        let hold = await fixture.holdWriter()
        async let round: Void = fixture.agent.keepHouse()
        #expect(try await fixture.queued(1))
        async let left = fixture.store.mutate { try $0.reader.expiredTokens(before: now, limit: .max).count }
        #expect(try await fixture.queued(2))
        hold.open()
        #expect(try await left == count - Agent.partTokens)
        try await round
        fixture.clock.advance(.days(31))
        #expect(try await tombstones(before: fixture.clock.now) == count)
        try await fixture.agent.keepHouse()
        #expect(try await tombstones(before: fixture.clock.now) == 0)
    }

    private func tombstones(before time: Timestamp) async throws -> Int {
        try await fixture.store.read { try $0.tombstones(endedBefore: time, limit: .max).count }
    }

    @Test func autoPurgeIsOfTheObsoleteAndNotOfTheExpired() async throws {
        fixture.agent.change(AgentFixture.settings { $0.purge.auto = false })
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.days(1)) }
        fixture.clock.advance(.days(100))
        try await fixture.agent.keepHouse()
        #expect(try await fixture.state(token) == .purged)
    }

    @Test func aRestoredExpiredTokenHasItsTimeAnew() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.days(1)) }
        fixture.clock.advance(.days(32))
        try await fixture.agent.keepHouse()
        _ = try await fixture.agent.restore(token.id, try fixture.admin())
        // Time to give it another expiry.
        try await fixture.agent.keepHouse()
        #expect(try await fixture.state(token) == .expired)
        fixture.clock.advance(.days(31))
        try await fixture.agent.keepHouse()
        #expect(try await fixture.state(token) == .purged)
    }

    @Test func whatIsRestoredWhileTheRoundLooksIsNotForgotten() async throws {
        let token = try await fixture.create("alice")
        _ = try await fixture.agent.revoke(token.id, reason: nil, try fixture.everyone())
        fixture.clock.advance(.days(31))
        let hold = await fixture.holdWriter()
        async let restored = fixture.agent.restore(token.id, try fixture.admin())
        #expect(try await fixture.queued(1))
        async let round: Void = fixture.agent.keepHouse()
        #expect(try await fixture.queued(2))
        hold.open()
        #expect(try await restored.state == .active)
        try await round
        #expect(try fixture.verify(token) == .active)
    }

    @Test func whatIsProlongedWhileTheRoundLooksIsNotPurged() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.days(1)) }
        fixture.clock.advance(.days(32))
        let hold = await fixture.holdWriter()
        async let rotated = fixture.agent.rotate(RotateRequest(id: token.id), try fixture.everyone())
        #expect(try await fixture.queued(1))
        async let round: Void = fixture.agent.keepHouse()
        #expect(try await fixture.queued(2))
        hold.open()
        let new = try await rotated
        try await round
        #expect(try await fixture.state(new) == .expired)
        #expect(try await stored(new)?.secret == new.passCode.digest)
    }

    @Test func tombstonesLastTheirTime() async throws {
        let token = try await fixture.create("alice")
        _ = try await fixture.agent.revoke(token.id, reason: nil, try fixture.everyone())
        fixture.clock.advance(.days(30))
        try await fixture.agent.keepHouse()
        #expect(try fixture.verify(token) == .refused(.revoked))
        fixture.clock.advance(.milliseconds(1))
        try await fixture.agent.keepHouse()
        #expect(try fixture.verify(token) == .unknown)
        #expect(try await failureKind { try await fixture.show(token) } == .notFound)
        // The name is free again, and was since it was revoked.
        try await fixture.create("alice")
    }
}
