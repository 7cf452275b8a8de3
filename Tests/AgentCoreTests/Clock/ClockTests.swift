import Testing
import TokenCore

@testable import AgentCore

/// What the agent does when somebody sets the machine's clock.
struct ClockTests {
    let fixture: AgentFixture

    init() async throws {
        fixture = try AgentFixture()
        try await fixture.sync()
    }

    private func back(_ span: TimeSpan) { fixture.clock.leap(TimeSpan(milliseconds: -span.milliseconds)) }

    @Test func whatHasExpiredStaysSoWhenTheClockIsPutBack() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.hours(1)) }
        fixture.clock.advance(.hours(2))
        #expect(try fixture.verify(token) == .refused(.expired))
        back(.days(5))
        #expect(try fixture.verify(token) == .refused(.expired))
        #expect(try await fixture.state(token) == .expired)
        try await fixture.agent.keepHouse()
        try await fixture.restart()
        #expect(try fixture.verify(token) == .refused(.expired))
        fixture.clock.advance(.days(1))
        #expect(try fixture.verify(token) == .refused(.expired))
    }

    @Test func aRestartKnowsTheTimeOfTheLatestChange() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.hours(1)) }
        fixture.clock.advance(.hours(2))
        // Nothing but this is written after the token has expired.
        try await fixture.create("bob")
        back(.hours(3))
        try await fixture.restart()
        #expect(try fixture.verify(token) == .refused(.expired))
    }

    @Test func aGraceThatIsOverStaysOver() async throws {
        let token = try await fixture.create("alice")
        _ = try await fixture.agent.rotate(
            RotateRequest(id: token.id, grace: .hours(1)), fixture.everyone())
        #expect(try fixture.verify(token) == .active)
        fixture.clock.advance(.hours(2))
        #expect(try fixture.verify(token) == .unknown)
        back(.hours(2))
        #expect(try fixture.verify(token) == .unknown)
    }

    @Test func aClockThatLeapsAheadRefusesAndPurgesNothing() async throws {
        let expiring = try await fixture.create(.label("alice")) { $0.expiry = .after(.hours(1)) }
        let revoked = try await fixture.create("bob")
        _ = try await fixture.agent.revoke(revoked.id, reason: nil, try fixture.everyone())
        try await fixture.agent.keepHouse()
        fixture.clock.leap(.days(365))
        #expect(try fixture.verify(expiring) == .refused(.expired))
        try await fixture.agent.keepHouse()
        #expect(try await fixture.state(expiring) == .expired)
        #expect(try await fixture.state(revoked) == .revoked)
        #expect(try await fixture.agent.status(fixture.verifier()).clock == .ahead(.days(365)))
        back(.days(365))
        #expect(try fixture.verify(expiring) == .active, "it was never its time")
        #expect(try await fixture.agent.status(fixture.verifier()).clock == .trusted)
    }

    @Test func aChangeMadeWhileTheClockWasAheadDoesNotMakeItSoForEver() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.days(10)) }
        try await fixture.agent.keepHouse()
        fixture.clock.leap(.days(365))
        try await fixture.create("bob")
        back(.days(365))
        try await fixture.restart()
        #expect(try fixture.verify(token) == .active)
    }

    @Test func whatIsMadeWhileTheClockIsAheadLastsNoLongerForIt() async throws {
        let settings = AgentFixture.settings { $0.tokens.defaultExpiry = .days(302) }
        let fixture = try AgentFixture(settings: settings)
        try await fixture.sync()
        let old = try await fixture.create("bob")
        let believed = fixture.clock.now
        fixture.clock.leap(.days(300))
        let made = try await fixture.create(.label("alice")) { $0.expiry = .after(.days(301)) }
        #expect(made.token.record.createdAt == believed)
        #expect(made.token.record.expiresAt == believed + .days(301))
        let byDefault = try await fixture.create("alice", name: "by default")
        #expect(byDefault.token.record.expiresAt == believed + .days(302))
        fixture.clock.advance(.hours(1))
        let renewed = try await fixture.agent.rotate(
            RotateRequest(id: old.id, grace: .days(301), renew: true), fixture.everyone())
        #expect(renewed.token.record.createdAt == believed + .hours(1))
        #expect(renewed.token.record.expiresAt == believed + .hours(1) + .days(302))
        fixture.clock.leap(.days(-300))
        #expect(try fixture.verify(old) == .active)
        fixture.clock.advance(.days(300))
        #expect(try fixture.verify(made) == .active)
        fixture.clock.advance(.hours(23))
        #expect(try fixture.verify(made) == .refused(.expired))
        #expect(try fixture.verify(old) == .active)
        fixture.clock.advance(.hours(1))
        #expect(try fixture.verify(old) == .unknown, "its grace is over")
    }

    @Test func whatWouldBeOverAtOnceByAClockThatIsAheadIsRefused() async throws {
        let token = try await fixture.create("bob")
        fixture.clock.leap(.days(300))
        let made = try await failure {
            try await fixture.create(.label("alice")) { $0.expiry = .after(.minutes(1)) }
        }
        #expect(made?.kind == .invalid("expires_at"))
        #expect(made?.text.contains("25920000 s ahead of the time on record") == true)
        let absolute = try await failureKind {
            try await fixture.create(.label("alice")) { $0.expiry = .at(fixture.clock.now) }
        }
        #expect(absolute == .invalid("expires_at"))
        let grace = try await failureKind {
            try await fixture.agent.rotate(
                RotateRequest(id: token.id, grace: .seconds(5)), fixture.everyone())
        }
        #expect(grace == .invalid("grace_s"))
        #expect(try fixture.verify(token) == .active, "nothing was done")
        _ = try await fixture.agent.rotate(RotateRequest(id: token.id), fixture.everyone())
        #expect(try fixture.verify(token) == .unknown)
    }

    @Test func theLongestLifeIsMeasuredFromTheTimeThatIsBelieved() async throws {
        let fixture = try AgentFixture(settings: AgentFixture.settings { $0.tokens.maxExpiry = .days(1) })
        try await fixture.sync()
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.days(1)) }
        fixture.clock.leap(.days(300))
        let end = fixture.clock.now + .hours(1)
        let made = try await failureKind {
            try await fixture.create(.label("bob")) { $0.expiry = .at(end) }
        }
        #expect(made == .invalid("expires_at"))
        var update = UpdateRequest(id: token.id)
        update.expiry = .set(end)
        let updated = try await failureKind { try await fixture.agent.update(update, fixture.everyone()) }
        #expect(updated == .invalid("expires_at"))
    }

    @Test func anAnswerKeptWhileTheClockIsAheadIsKeptNoLongerForIt() async throws {
        fixture.clock.leap(.days(300))
        _ = try await fixture.create(.label("alice")) { $0.idempotencyKey = "k" }
        let again = try await fixture.create(.label("alice")) { $0.idempotencyKey = "k" }
        #expect(again.token.record.owner == fixture.corp.owner("alice"))
        back(.days(300))
        fixture.clock.advance(.hours(2))
        try await fixture.agent.keepHouse()
        let error = try await failureKind {
            try await fixture.create(.label("alice")) { $0.idempotencyKey = "k" }
        }
        #expect(error == .conflict(.alreadyExists), "it is another request by now")
    }

    @Test func autoPurgeWaitsForTheClock() async throws {
        let token = try await fixture.create("alice")
        fixture.corp.remove("alice")
        try await fixture.sync()
        fixture.clock.leap(.days(30))
        try await fixture.sync()
        #expect(try await fixture.state(token) == .obsolete)
        back(.days(30))
        fixture.clock.advance(.days(2))
        try await fixture.sync()
        #expect(try await fixture.state(token) == .purged)
    }

    @Test func whatEndsWhileTheClockIsAheadIsForgottenNoLaterForIt() async throws {
        let (revoked, tried) = (try await fixture.create("bob"), try await fixture.create("alice"))
        let believed = fixture.clock.now
        fixture.clock.leap(.days(300))
        _ = try await fixture.agent.revoke(revoked.id, reason: nil, try fixture.everyone())
        fixture.corp.remove("alice")
        try await fixture.sync()
        #expect(try await fixture.agent.purgeTried(tried.id))
        fixture.clock.advance(.minutes(1))
        let restored = try await fixture.agent.restore(revoked.id, fixture.admin())
        #expect(restored.record.updatedAt == believed + .minutes(2))
        _ = try await fixture.agent.revoke(revoked.id, reason: nil, try fixture.everyone())
        back(.days(300))
        for token in [revoked, tried] {
            let ended = try #require(try await fixture.show(token).record.ending?.at)
            #expect(ended >= believed && ended <= fixture.clock.now)
            let told = try await fixture.agent.explain(token.id, try fixture.everyone()).events
            #expect(told.allSatisfy { $0.at <= fixture.clock.now })
        }
        fixture.clock.advance(.days(31))
        try await fixture.agent.keepHouse()
        for token in [revoked, tried] {
            let error = try await failureKind { try await fixture.show(token) }
            #expect(error == .notFound, "its tombstone has had its time")
        }
    }

    @Test func whoIsFoundGoneWhileTheClockIsAheadIsGoneSinceThen() async throws {
        let token = try await fixture.create("alice")
        fixture.clock.leap(.days(300))
        fixture.corp.remove("alice")
        try await fixture.sync()
        let since = try #require(try await fixture.person("alice")?.since)
        back(.days(300))
        #expect(since == fixture.clock.now)
        fixture.clock.advance(.days(2))
        try await fixture.sync()
        #expect(try await fixture.state(token) == .purged, "the grace is over")
    }

    @Test func aPlanHeldWhileTheClockIsAheadExpiresNoLaterForIt() async throws {
        _ = try await fixture.populate(20)
        fixture.clock.leap(.days(300))
        fixture.corp.remove((0..<20).map { "person-\($0)" })
        let plan = try #require(try await fixture.sync().held)
        #expect(plan.heldAt < fixture.clock.now - .days(299))
        // The leap itself does not make it expire.
        fixture.clock.leap(.days(30))
        #expect(try await fixture.sync().held?.heldAt == plan.heldAt)
        back(.days(330))
        fixture.clock.advance(.days(8))
        let error = try await failureKind { try await fixture.sync(approve: plan.hold.plan.id) }
        #expect(error == .held(plan.hold.plan.id))
    }

    /// Those who are removed while it is ahead are so within the hour in which the guard adds them up.
    @Test func aClockThatIsMendedGivesTheGuardNoNewHour() async throws {
        _ = try await fixture.populate(60)
        fixture.clock.leap(.days(300))
        fixture.corp.remove((0..<10).map { "person-\($0)" })
        #expect(try await fixture.sync().gone == 10)
        back(.days(300))
        fixture.corp.remove("person-10")
        #expect(try await fixture.sync().held?.hold.removedLately == 10)
    }

    @Test func whatIsInDoubtIsBelievedNoSoonerForALeap() async throws {
        let token = try await fixture.create("alice")
        fixture.corp.change { $0.server = "another" }
        fixture.corp.remove("alice")
        _ = try await failureKind { try await fixture.sync() }
        fixture.clock.leap(.days(300))
        #expect(try await failureKind { try await fixture.sync() } == .directoryUnavailable)
        #expect(try fixture.verify(token) == .active)
        fixture.clock.advance(.minutes(15))
        #expect(try await fixture.sync().gone == 1)
    }

    /// As of a machine that was paused for so long, and whose steady clock stood still with it.
    @Test func aLeapThatWasRightCutsNoTombstoneAndNoGraceShort() async throws {
        let (revoked, left) = (try await fixture.create("bob"), try await fixture.create("alice"))
        let before = try await fixture.create("bob", name: "before")
        _ = try await fixture.agent.revoke(before.id, reason: nil, try fixture.everyone())
        let ended = try #require(try await fixture.show(before).record.ending?.at)
        fixture.clock.advance(.hours(1))
        try await fixture.agent.keepHouse()
        fixture.clock.leap(.days(20))
        _ = try await fixture.agent.revoke(revoked.id, reason: nil, try fixture.everyone())
        fixture.corp.remove("alice")
        try await fixture.sync()
        for _ in 0..<25 {
            fixture.clock.advance(.hours(1))
            try await fixture.agent.keepHouse()
        }
        #expect(!fixture.agent.guardedClock.isAhead)
        let hours = TimeSpan.hours(25)
        // A reading takes a minute.
        let end = try await fixture.show(revoked).record.ending?.at
        #expect(end == fixture.clock.now - hours - .minutes(1))
        #expect(try await fixture.person("alice")?.since == fixture.clock.now - hours)
        #expect(try await fixture.show(before).record.ending?.at == ended, "before it nothing was wrong")
        #expect(try await fixture.state(left) == .obsolete)
        fixture.clock.advance(.days(28))
        try await fixture.agent.keepHouse()
        _ = try await fixture.agent.restore(revoked.id, fixture.admin())
    }

    @Test func aUseWhileTheClockIsAheadIsRecordedByTheTimeThatIsBelieved() async throws {
        let token = try await fixture.create("alice")
        fixture.clock.leap(.days(300))
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.show(token).record.lastUsedAt == fixture.clock.now - .days(300))
        try await fixture.agent.keepHouse()
        try await fixture.restart()
        back(.days(300))
        fixture.clock.advance(.minutes(5))
        #expect(try fixture.verify(token) == .active)
        try await fixture.agent.keepHouse()
        #expect(try await fixture.show(token).record.lastUsedAt == fixture.clock.now)
        try await fixture.restart()
        #expect(try await fixture.show(token).record.lastUsedAt == fixture.clock.now)
    }

    @Test func aUseDuringALeapThatWasRightIsMovedAlongByIt() async throws {
        let (token, before) = (try await fixture.create("alice"), try await fixture.create("bob"))
        #expect(try fixture.verify(before) == .active)
        let usedBefore = fixture.clock.now
        fixture.clock.advance(.hours(1))
        try await fixture.agent.keepHouse()
        fixture.clock.leap(.days(20))
        #expect(try fixture.verify(token) == .active)
        let used = fixture.clock.now
        for _ in 0..<25 {
            fixture.clock.advance(.hours(1))
            try await fixture.agent.keepHouse()
        }
        #expect(!fixture.agent.guardedClock.isAhead)
        #expect(try await fixture.show(token).record.lastUsedAt == used)
        #expect(try await fixture.show(before).record.lastUsedAt == usedBefore)
    }

    @Test func noReadingIsOverdueByALeap() async throws {
        fixture.clock.leap(.days(300))
        #expect(try await fixture.agent.directoryStatus(fixture.verifier()).map(\.state) == [.current])
    }

    @Test func aLeapThatLastsLetsHousekeepingGoOn() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.hours(1)) }
        try await fixture.agent.keepHouse()
        fixture.clock.leap(.days(365))
        for _ in 0..<25 {
            try await fixture.agent.keepHouse()
            fixture.clock.advance(.hours(1))
        }
        try await fixture.agent.keepHouse()
        #expect(try await fixture.state(token) == .purged)
    }
}
