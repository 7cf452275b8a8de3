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
}
