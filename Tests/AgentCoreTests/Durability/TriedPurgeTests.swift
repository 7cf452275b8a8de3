import CFaultyDisk
import Synchronization
import Testing
import TokenCore

@testable import AgentCore

struct TriedPurgeTests {
    @Test func `what cannot be purged rests until the next round, and the log is told once`() async throws {
        let house = try AgentOnDisk(seed: 1, logins: ["alice", "bob"] + (0..<10).map { "extra-\($0)" })
        try await house.open()
        let agent = try house.agent
        let (admin, everyone) = (try AgentOnDisk.root.admin(), try AgentOnDisk.root.writer())
        _ = try await agent.sync(SyncRequest(), admin)
        var tokens: [PresentedToken] = []
        for name in ["a", "b"] {
            let made = try await agent.create(CreateRequest(owner: .label("alice"), name: name), everyone)
            tokens.append(try made.presented())
        }
        house.corp.remove("alice")
        house.clock.advance(.minutes(1))
        _ = try await agent.sync(SyncRequest(), admin)
        func tryAll() async throws {
            for token in tokens {
                guard
                    case .refused(.obsolete) = agent.verify(
                        token, for: Demand(), try AgentOnDisk.root.verifier())
                else { continue }
            }
            while !agent.triedPurges.withLock(\.isSettled) { await Task.yield() }
        }
        house.disk.fail(.init(kinds: Int32(FAULTY_WRITE), after: 0, sticky: true))
        try await tryAll()
        let failures = house.disk.failures
        #expect(failures > 0)
        for _ in 0..<100 { try await tryAll() }
        #expect(house.disk.failures == failures)
        #expect(house.log.count == 1)
        house.disk.work()
        try await agent.keepHouse()
        try await tryAll()
        #expect(try await agent.status(try AgentOnDisk.root.verifier()).tokens == [.purged: 2])
        #expect(house.log.count == 1)
        await house.close()
    }
}
