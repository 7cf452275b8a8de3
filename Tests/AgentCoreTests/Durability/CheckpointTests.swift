import AgentCore
import CFaultyDisk
import Dispatch
import Testing
import TokenCore
import TokenStorage

/// The log is moved into the database, in parts and in spite of errors.
struct CheckpointTests {
    private let house: AgentOnDisk
    private let promises = Promises()
    private let workload: Workload

    init() async throws {
        house = try AgentOnDisk(seed: 1, logins: [])
        workload = Workload(house: house, promises: promises)
        try await house.open()
    }

    private func create(_ count: Int) async throws {
        for number in 0..<count {
            try await workload.create(.id(Sweep.robot), name: "\(promises.acknowledged) \(number)")
        }
    }

    @Test func aFlushThatFailedAfterAPartWasMovedLosesNothing() async throws {
        try await create(20)
        // A reader keeps what comes after it in the log.
        let leave = DispatchSemaphore(value: 0)
        let (entered, began) = AsyncStream.makeStream(of: Void.self)
        let store = try house.store
        let reading = Task {
            try await store.read { reader in
                _ = try reader.peopleCount()
                began.yield()
                leave.wait()
            }
        }
        for await _ in entered { break }
        try await create(20)
        try await house.checkpoint()
        leave.signal()
        try await reading.value
        // The first flush is that of the log.
        house.disk.fail(.init(kinds: Int32(FAULTY_SYNC), after: 1))
        await #expect(throws: (any Error).self) { try await house.checkpoint() }
        #expect(house.disk.failures == 1)
        try await house.checkpoint()
        // The log begins anew.
        try await create(3)
        try await house.restart(after: .powerLoss)
        let found = try await Inspection(house: house, promises: promises).violations()
        #expect(found == [])
        await house.close()
    }

    private var error: String? {
        get async throws {
            try await house.agent.status(AgentOnDisk.root.verifier()).storage.checkpointError
        }
    }

    @Test(.timeLimit(.minutes(5))) func aLogThatCannotBeMovedIsToldUntilItCan() async throws {
        #expect(try await error == nil)
        // Before the first commit: the writer may look whether a checkpoint is due when whoever waited for a
        // commit has long been answered, and would make one of it that takes the failure.
        try house.checkpoint(every: 1)
        // The first flush is that of the commit, the second the checkpoint's.
        house.disk.fail(.init(kinds: Int32(FAULTY_SYNC), after: 1))
        try await create(1)
        // Who waited for the commit has been answered before the checkpoint.
        while try await error == nil { await Task.yield() }
        #expect(house.disk.failures == 1)
        #expect(try await error?.contains("disk I/O error") == true)
        for _ in 0..<2 { try await house.agent.keepHouse() }
        #expect(house.log.count == 1)
        try await create(1)
        while try await error != nil { await Task.yield() }
        try await house.agent.keepHouse()
        #expect(house.log.count == 1)
        await house.close()
    }
}
