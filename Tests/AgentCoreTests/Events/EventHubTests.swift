import Synchronization
import Testing
import TokenCore
import TokenStorage

@testable import AgentCore

@Suite struct EventHubTests {
    private let fixture: AgentFixture

    init() throws { fixture = try AgentFixture() }

    /// How often somebody was woken.
    private final class Alarm: Sendable {
        private let rung = Atomic(0)
        var count: Int { rung.load(ordering: .acquiring) }
        var wake: @Sendable () -> Void { { self.rung.add(1, ordering: .releasing) } }
    }

    private func subscribe(_ kinds: Set<AuditEvent.Kind>, _ alarm: Alarm) throws -> EventSubscription {
        fixture.agent.subscribe(to: kinds, try fixture.verifier(), wake: alarm.wake)
    }

    @Test func `what is put on record is told before its caller hears of it, with its revision`() async throws
    {
        let alarm = Alarm()
        let subscription = try subscribe(Set(AuditEvent.Kind.allCases), alarm)
        let token = try await fixture.create(.id(OwnerID(source: OwnerID.serviceSource, id: "s")))
        #expect(alarm.count == 1)
        let piece = subscription.take(atMost: 10)
        #expect(piece.lines.map(\.event.kind) == [.tokenCreated])
        #expect(piece.lines.map(\.event.token) == [token.token.record.id])
        #expect(piece.lines.map(\.revision) == [fixture.revision])
    }

    @Test func `the order is that of commits, also for those who wrote at the same time`() async throws {
        let subscription = try subscribe(Set(AuditEvent.Kind.allCases), Alarm())
        let fixture = fixture
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    try await fixture.create(.id(OwnerID(source: OwnerID.serviceSource, id: "s\(number)")))
                }
            }
            try await group.waitForAll()
        }
        let lines = subscription.take(atMost: 1000).lines
        #expect(lines.count == 100)
        #expect(lines.map(\.revision) == (0..<100).map { lines[0].revision + Int64($0) })
    }

    @Test func `who sleeps is woken once, by what they want, and again after taking all`() async throws {
        let alarm = Alarm()
        let subscription = try subscribe([.tokenRevoked], alarm)
        let service = OwnerQuery.id(OwnerID(source: OwnerID.serviceSource, id: "s"))
        let tokens = [
            try await fixture.create(service) { $0.name = "a" },
            try await fixture.create(service) { $0.name = "b" },
            try await fixture.create(service) { $0.name = "c" },
        ]
        #expect(alarm.count == 0)
        for token in tokens.prefix(2) {
            _ = try await fixture.agent.revoke(token.token.record.id, reason: nil, fixture.everyone())
        }
        #expect(alarm.count == 1)
        #expect(subscription.take(atMost: 1).lines.count == 1)
        #expect(subscription.take(atMost: 9).lines.count == 1)
        _ = try await fixture.agent.revoke(tokens[2].token.record.id, reason: nil, fixture.everyone())
        #expect(alarm.count == 2)
    }

    @Test func `what was undone is not told`() async throws {
        let subscription = try subscribe(Set(AuditEvent.Kind.allCases), Alarm())
        struct Undone: Error {}
        await #expect(throws: Undone.self) {
            try await fixture.store.mutate { writer in
                try writer.append(AuditEvent(at: Timestamp(seconds: 1), kind: .tokenCreated, by: "x"))
                throw Undone()
            }
        }
        #expect(subscription.take(atMost: 9).lines.isEmpty)
    }

    @Test func `a subscription ends when it is let go of`() throws {
        do {
            let subscription = try subscribe([.userGone], Alarm())
            #expect(fixture.agent.events.count == 1)
            withExtendedLifetime(subscription) {}
        }
        #expect(fixture.agent.events.count == 0)
    }

    @Test func `a departure tells gone, then what is purged, and a held plan tells that`() async throws {
        let subscription = try subscribe(
            [.userGone, .userDisabled, .userBack, .tokenPurged, .syncHeld], Alarm())
        try await fixture.sync()
        let token = try await fixture.create("alice")
        fixture.corp.remove("alice")
        try await fixture.sync()
        _ = try fixture.verify(token)
        // The store says that it is purged before anybody is told.
        var told: [AuditEvent] = []
        _ = try await fixture.eventually {
            told += subscription.take(atMost: 9).lines.map(\.event)
            return told.count > 1
        }
        #expect(told.map(\.kind) == [.userGone, .tokenPurged])
        #expect(Set(told.map(\.owner)) == [fixture.corp.owner("alice")])
    }
}
