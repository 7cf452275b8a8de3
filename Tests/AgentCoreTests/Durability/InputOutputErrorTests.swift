import AgentCore
import CFaultyDisk
import Foundation
import SeededRuns
import Testing
import TokenCore
import TokenStorage

/// Each of the disk's operations fails in turn, during everything the agent does with it.
struct InputOutputErrorTests {
    @Test(arguments: [false, true], [false, true])
    func whateverFailsTheStateIsTheOneBeforeOrTheOneAfter(sticky: Bool, full: Bool) async throws {
        let seed = Torture.seed()
        // Every operation in the torture; here every one fails once with an error, else every few of them.
        let stride = Torture.number("TORTURE_IO_STRIDE", sticky || full ? 5 : 1)
        var sweep = try await Sweep(seed: seed)
        try await sweep.run(sticky: sticky, full: full, stride: stride)
        let kind = (full ? "disk full" : "I/O error") + (sticky ? ", for good" : ", once")
        Torture.tell("\(kind): seed \(seed), \(sweep.summary)")
        #expect(sweep.violations == [], "TORTURE_SEED=\(seed)")
        #expect(sweep.failures > 20)
    }

    @Test func aCommitThatHappenedAndIsCalledFailedIsSeenByTheIndexAndTheTrail() async throws {
        let house = try AgentOnDisk(seed: 1, logins: [])
        let promises = Promises()
        let workload = Workload(house: house, promises: promises)
        try await house.open()
        try await workload.create(.id(Sweep.robot), name: "first")
        let id = try #require(promises.tokens.keys.first)
        house.disk.fail(.init(kinds: Int32(FAULTY_AFTER_COMMIT)))
        #expect(try await workload.acknowledged { try await workload.revoke(id) } == false)
        #expect(house.disk.failures == 1)
        #expect(try house.agent.index.seen(id)?.facts.ending == .revoked, "it is in force")
        // A second one, whose line in the trail follows that of the first.
        try await workload.create(.id(Sweep.robot), name: "second")
        #expect(try await Inspection(house: house, promises: promises).violations() == [])
        await house.close()
    }

    @Test func usesThatCouldNotBeWrittenAreWrittenLater() async throws {
        let house = try AgentOnDisk(seed: 1, logins: [])
        let promises = Promises()
        let workload = Workload(house: house, promises: promises)
        try await house.open()
        try await workload.create(.id(Sweep.robot), name: "first")
        let id = try #require(promises.tokens.keys.first)
        try house.agent.index.use(id, at: house.clock.now)
        house.disk.fail(.init(kinds: Int32(FAULTY_WRITE), sticky: true, full: true))
        #expect(try await workload.acknowledged { try await workload.keepHouse() } == false)
        house.disk.work()
        try await workload.keepHouse()
        await house.close()
        try await house.open()
        #expect(try await house.store.read { try $0.token(id) }?.lastUsedAt == house.clock.now)
        await house.close()
    }

    @Test func aReadingIsReportedAlthoughThePurgeAfterItFailed() async throws {
        let settings = AgentFixture.settings { $0.purge.grace = .zero }
        let house = try AgentOnDisk(seed: 1, logins: ["alice"] + Sweep.crowd, settings: settings)
        let workload = Workload(house: house, promises: Promises())
        try await house.open()
        try await workload.read()
        try await workload.create(.label("alice"), name: "")
        house.corp.remove("alice")
        house.clock.advance(.minutes(1))
        // The reading's number and the reading itself are each a commit, which is a sync.
        house.disk.fail(.init(kinds: Int32(FAULTY_SYNC), after: 2))
        let report = try await house.agent.sync(SyncRequest(), AgentOnDisk.root.admin())[0]
        #expect(house.disk.failures == 1)
        #expect(report.complete && report.gone == 1)
        #expect(report.error?.contains("auto-purge failed") == true)
        // The next reading purges.
        let next = try await house.agent.sync(SyncRequest(), AgentOnDisk.root.admin())[0]
        #expect(next.error == nil)
        #expect(try house.agent.index.count == 0)
        await house.close()
    }
}

/// Runs the same steps over the same file again and again, each time with another operation failing.
struct Sweep {
    static let robot = OwnerID(source: OwnerID.serviceSource, id: "robot")

    private let seed: UInt64
    private let template: AgentOnDisk
    private let promised = Promises()
    private(set) var violations: [String] = []
    private(set) var runs = 0
    private(set) var failures = 0

    /// Makes the file that every run begins with.
    init(seed: UInt64) async throws {
        self.seed = seed
        template = try AgentOnDisk(seed: seed, logins: Self.crowd)
        try await template.open()
        let workload = Workload(house: template, promises: promised)
        try await workload.read()
        for number in 0..<6 { try await workload.create(.id(Self.robot), name: "r\(number)") }
        let ids = promised.certain(of: Self.robot).map(\.id)
        try await workload.revoke(ids[0])
        try await workload.turnOver("early", count: 2)
        await template.close()
    }

    static let crowd = (0..<12).map { "crowd-\($0)" }

    var summary: String { "\(runs) runs, \(failures) operations failed, \(violations.count) violations" }

    /// From a place that the seed chooses, every `stride`th operation, to the last.
    mutating func run(sticky: Bool, full: Bool, stride: Int) async throws {
        var after = Int(seed % UInt64(stride))
        while violations.isEmpty {
            var fault = FaultyDisk.Fault()
            (fault.after, fault.sticky, fault.full) = (after, sticky, full)
            let failed: Int
            do { failed = try await run(fault) } catch { return note("\(error)", fault) }
            guard failed > 0 else { return }
            failures += failed
            after += stride
        }
    }

    private mutating func note(_ violation: String, _ fault: FaultyDisk.Fault) {
        violations.append("\(violation) [after \(fault.after) operations]")
    }

    /// How many operations failed.
    private mutating func run(_ fault: FaultyDisk.Fault) async throws -> Int {
        runs += 1
        let house = try AgentOnDisk(seed: seed &+ UInt64(fault.after), logins: Self.crowd)
        try FileManager.default.copyItem(atPath: template.path, toPath: house.path)
        let promises = Promises(copying: promised)
        let workload = Workload(house: house, promises: promises)
        house.disk.fail(fault)
        var failed = 0
        do { try await house.open() } catch is StorageError {
            // It says why it did not start; at the next start the disk is mended.
            failed = house.disk.failures
            house.disk.work()
            try await house.open()
        }
        house.clock.advance(.minutes(10))
        try await steps(house, workload)
        failed += house.disk.failures
        house.disk.work()
        // Without a restart: all is as it was promised, and goes on.
        let inspection = Inspection(house: house, promises: promises)
        for violation in try await inspection.violations() { note("before the restart: \(violation)", fault) }
        try await workload.create(.id(Self.robot), name: "afterwards")
        let ends: [FaultyDisk.End?] = [.kill, .powerLoss, nil]
        if let end = ends[fault.after % ends.count] {
            try await house.restart(after: end)
        } else {
            await house.close()
            try await house.open()
        }
        for violation in try await inspection.violations() { note("after the restart: \(violation)", fault) }
        await house.close()
        if house.disk.openFiles > 0 { note("files stay open", fault) }
        return failed
    }

    /// Everything that the agent does with its file; whether each is acknowledged is its own affair.
    private func steps(_ house: AgentOnDisk, _ workload: Workload) async throws {
        // Pages of the log are copied while the steps run.
        try house.checkpoint(every: 12)
        let ids = promised.certain(of: Self.robot).map(\.id)
        let steps: [() async throws -> Void] = [
            { try await workload.create(.id(Self.robot), name: "new") },
            { try await workload.revoke(ids[1]) },
            { try await workload.rotate(ids[2]) },
            { try await workload.restore(ids[0]) },
            { _ = try await house.agent.show(ids[2], AgentOnDisk.root.reader()) },
            { try house.agent.index.use(ids[2], at: house.clock.now) },
            { try await workload.keepHouse() },
            { try await workload.turnOver("late", count: 1) },
            { try await workload.purge() },
        ]
        for step in steps { _ = try await workload.acknowledged(step) }
    }
}
