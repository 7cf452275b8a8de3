import Testing
import TokenCore
import TokenStorage

@testable import AgentCore

/// A purge of more tokens than one mutation takes: alice's, and then one of bob's.
struct PurgePartsTests {
    let fixture: AgentFixture
    let alices: [IssuedToken]
    let bobs: IssuedToken

    init() async throws {
        let fixture = try AgentFixture(settings: AgentFixture.settings { $0.tokens.perOwnerMax = 1000 })
        self.fixture = fixture
        try await fixture.sync()
        alices = try await withThrowingTaskGroup(of: IssuedToken.self) { group in
            for number in 0..<Agent.partTokens + 10 {
                group.addTask { try await fixture.create("alice", name: "\(number)") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        bobs = try await fixture.create("bob")
        for login in ["alice", "bob"] {
            fixture.corp.remove(login)
            try await fixture.sync()
        }
    }

    private func purge(_ request: PurgeRequest = PurgeRequest()) async throws -> PurgeReport {
        try await fixture.agent.purge(request, try fixture.admin())
    }

    private func obsolete() async throws -> Int {
        try await fixture.store.read(Self.obsolete)
    }

    private static func obsolete(_ reader: StoreReader) throws -> Int {
        try reader.obsoleteIDs(source: nil, ownersGoneBefore: .distantFuture).count
    }

    /// A purge, and a mutation that was there before its second part.
    private func purge<T: Sendable>(
        _ request: PurgeRequest = PurgeRequest(),
        meanwhile: @escaping @Sendable (inout StoreWriter) throws -> T
    ) async throws -> (PurgeReport, T) {
        let hold = await fixture.holdWriter()
        async let report = purge(request)
        #expect(try await fixture.queued(1))
        async let other = fixture.store.mutate(meanwhile)
        #expect(try await fixture.queued(2))
        hold.open()
        return (try await report, try await other)
    }

    @Test func `others take their turn between the parts of a purge`() async throws {
        let (report, left) = try await purge { try Self.obsolete($0.reader) }
        #expect(left == alices.count + 1 - Agent.partTokens)
        #expect(report.count == alices.count + 1 && report.purged.count == report.count)
        #expect(try await obsolete() == 0)
    }

    @Test func `a dry run does not wait for the writer`() async throws {
        let hold = await fixture.holdWriter()
        let shown = try await purge(PurgeRequest(dryRun: true))
        hold.open()
        #expect(shown.count == alices.count + 1)
    }

    @Test func `the first are named, the others counted, and the plan is of all`() async throws {
        var request = PurgeRequest(dryRun: true)
        request.listedMax = 5
        let shown = try await purge(request)
        #expect(shown.purged.count == 5 && shown.count == alices.count + 1)
        _ = try await fixture.agent.revoke(bobs.id, reason: nil, try fixture.everyone())
        #expect(try await purge(request).plan != shown.plan)
        request.dryRun = false
        let done = try await purge(request)
        #expect(done.purged.count == 5 && done.count == alices.count)
        #expect(try await obsolete() == 0)
    }

    @Test func `a plan that is held meanwhile stops a purge, which tells what it had done`() async throws {
        let corp = fixture.corp
        corp.change { $0.fingerprint = "fingerprint-2" }
        let held = try #require(try await fixture.sync().held)
        try await fixture.store.mutate { try $0.dropHeldPlan(source: "corp") }
        let (report, _) = try await purge { try $0.hold(held) }
        #expect(report.held == held && report.count == Agent.partTokens)
        #expect(try await obsolete() == alices.count + 1 - report.count)
        let again = try await purge()
        #expect(again.held == held && again.count == 0 && again.purged.isEmpty)
    }

    @Test func `whoever is back meanwhile is spared`() async throws {
        let back = try await bob(.present)
        let (report, _) = try await purge { try $0.put(back) }
        #expect(report.count == alices.count && report.stopped == nil)
        #expect(try fixture.verify(bobs) == .active)
    }

    @Test func `a plan that no longer holds in the middle stops there`() async throws {
        let plan = try await purge(PurgeRequest(dryRun: true)).plan
        var request = PurgeRequest(plan: plan)
        request.listedMax = 1
        let back = try await bob(.present)
        let (report, _) = try await purge(request) { try $0.put(back) }
        #expect(report.count == alices.count && report.held == nil)
        #expect(report.stopped?.contains("\(bobs.id)") == true && report.stopped?.contains(plan) == true)
        #expect(try fixture.verify(bobs) == .active)
    }

    @Test func `what has ended meanwhile is in nobody's way`() async throws {
        let plan = try await purge(PurgeRequest(dryRun: true)).plan
        let (id, now) = (bobs.id, fixture.clock.now)
        let (report, _) = try await purge(PurgeRequest(plan: plan)) { writer in
            var token = try #require(try writer.reader.token(id))
            token.ending = Ending(kind: .revoked, at: now, reason: "")
            try writer.update(token)
        }
        #expect(report.count == alices.count && report.stopped == nil)
        #expect(try await fixture.state(bobs) == .revoked)
    }

    private func bob(_ standing: Standing) async throws -> PersonRecord {
        var bob = try #require(try await fixture.person("bob"))
        bob.standing = standing
        bob.evidence = nil
        return bob
    }
}
