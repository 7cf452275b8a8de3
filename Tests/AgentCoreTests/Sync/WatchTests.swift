import Synchronization
import Testing
import TokenCore

@testable import AgentCore

/// What a watch does with what it is told.
struct WatchTests {
    let fixture: AgentFixture
    let alices: IssuedToken

    init() async throws {
        fixture = try AgentFixture()
        fixture.corp.tellChanges()
        try await fixture.sync()
        alices = try await fixture.create("alice")
        fixture.clock.advance(.minutes(1))
    }

    private static func progress(_ number: Int) -> ServerProgress {
        ServerProgress(states: ["001": "2026112118570\(number).000000Z#000000#001#000000"])
    }

    /// How a watch ends that is told this; nil where it goes on until its connection is lost.
    private func end(
        _ sets: ChangeSet..., readFully: @escaping @Sendable () async throws -> Bool = { true }
    ) async throws -> DirectorySync.WatchEnd? {
        var directory = fixture.directories[0]
        directory.watching = .always
        fixture.corp.change { $0.watched = sets }
        do { return try await fixture.agent.sync.watch(directory, readFully: readFully) } catch {
            guard case DirectoryError.unreachable = error else { throw error }
            return nil
        }
    }

    private func departure(_ login: String, cookie: UInt8, progress: Int? = nil) -> ChangeSet {
        var set = ChangeSet(hints: ["id-\(login)"], cookie: FakeDirectory.cookie(cookie))
        set.departures = ["id-\(login)"]
        set.progress = progress.map(Self.progress)
        return set
    }

    private func cookie() async throws -> ChangeCookie? { try await fixture.sourceState()?.cookie }

    @Test func whatWasToldBeforeTheConnectionWasLostIsApplied() async throws {
        fixture.corp.remove("alice")
        #expect(try await end(departure("alice", cookie: 2)) == nil)
        #expect(try await cookie() == FakeDirectory.cookie(2))
        #expect(try fixture.verify(alices) == .refused(.obsolete))
    }

    @Test func whoIsSaidToBeGoneAndIsFoundIsAskedAboutAgain() async throws {
        #expect(try await end(departure("alice", cookie: 2)) == .unsettled)
        #expect(try await cookie() == FakeDirectory.cookie(1))
        // Who only changed is found, of course.
        let changed = ChangeSet(hints: ["id-alice"], cookie: FakeDirectory.cookie(2))
        #expect(try await end(changed) == nil)
        #expect(try await cookie() == FakeDirectory.cookie(2))
        // As who is back is, by the word of a server that has heard of their leaving.
        fixture.corp.change { $0.progress = Self.progress(4) }
        #expect(try await end(departure("alice", cookie: 3, progress: 4)) == nil)
        #expect(try await cookie() == FakeDirectory.cookie(3))
        #expect(try fixture.verify(alices) == .active)
    }

    @Test func nobodyIsLookedUpOnAServerThatIsBehindTheOneThatTells() async throws {
        fixture.corp.change { $0.progress = Self.progress(3) }
        fixture.corp.remove("alice")
        let before = fixture.corp.counts.confirmed
        #expect(try await end(departure("alice", cookie: 2, progress: 4)) == .unsettled)
        #expect(fixture.corp.counts.confirmed == before)
        #expect(try fixture.verify(alices) == .active)
        fixture.corp.change { $0.progress = Self.progress(4) }
        #expect(try await end(departure("alice", cookie: 2, progress: 4)) == nil)
        #expect(try fixture.verify(alices) == .refused(.obsolete))
    }

    @Test func aReadingThatIsAskedForDoesNotEndTheWatch() async throws {
        let forgot = ChangeSet(cookie: FakeDirectory.cookie(2), incompleteness: "it forgot")
        let readings = Mutex(0)
        let fixture = fixture
        let end = try await end(forgot) {
            readings.withLock { $0 += 1 }
            fixture.corp.change { $0.cookie = FakeDirectory.cookie(2) }
            return try await fixture.sync().accepted
        }
        #expect(end == nil)
        #expect(readings.withLock { $0 } == 1)
        #expect(try await cookie() == FakeDirectory.cookie(2))
        // One that is not in force, or of another server, is no ground to go on from.
        #expect(try await self.end(forgot) { false } == .notYet)
        var elsewhere = forgot
        elsewhere.cookie.server = "another"
        #expect(try await self.end(elsewhere) == .unsettled)
    }

    @Test func aReadingInPlaceOfWhatIsNotToldIsNotOfAServerThatIsBehind() async throws {
        var forgot = ChangeSet(cookie: FakeDirectory.cookie(2), incompleteness: "it forgot")
        forgot.progress = Self.progress(5)
        fixture.corp.change { $0.progress = Self.progress(4) }
        fixture.corp.remove("alice")
        let fixture = fixture
        await #expect(throws: AgentError.self) {
            try await end(forgot) { try await fixture.sync().accepted }
        }
        #expect(try fixture.verify(alices) == .active)
    }
}
