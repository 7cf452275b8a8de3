import Dispatch
import Glibc
import Synchronization
import Testing
import TokenCore

@testable import TokenStorage

/// Reads that overlap: each goes on until another has begun, or for a while where none can.
private final class Overlap: Sendable {
    private let begun = Atomic(0)
    private let isOver = Atomic(false)

    func end() { isOver.store(true, ordering: .relaxed) }

    func readOn(_ store: TokenStore) async throws {
        while !isOver.load(ordering: .relaxed) {
            try await store.read { reader in
                _ = try reader.peopleCount()
                let mine = self.begun.add(1, ordering: .relaxed).newValue
                let last = ContinuousClock.now + .milliseconds(10)
                while self.begun.load(ordering: .relaxed) == mine, .now < last { usleep(200) }
            }
        }
    }

    /// Until several are inside for the first time.
    func begin() async {
        while begun.load(ordering: .relaxed) < 4 { await Task.yield() }
    }
}

struct LogTests {
    let fixture: StoreFixture
    let store: TokenStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        store.commits.checkpoint.set(pagesMax: 20)
    }

    private func write(_ count: Int) async throws -> Int64 {
        var most = Int64(0)
        for number in 0..<count {
            try await store.put(person(alice, .present, since: Int64(number)))
            most = max(most, store.facts().logBytes)
        }
        return most
    }

    @Test func `the log begins anew though somebody reads at any time`() async throws {
        let overlap = Overlap()
        let store = store
        let readers = (0..<2).map { _ in Task { try await overlap.readOn(store) } }
        await overlap.begin()
        let most = try await write(1000)
        overlap.end()
        for reader in readers { try await reader.value }
        #expect(most < 1000 * 4096 / 2, "\(most)")
        await store.close()
    }

    @Test func `who reads for long is let finish, and holds others up but now and then`() async throws {
        let (entered, began) = AsyncStream.makeStream(of: Void.self)
        let isOver = Tally()
        let long = Task { [store] in
            try await store.read { reader in
                let before = try reader.peopleCount()
                began.yield()
                while isOver.count == 0 { usleep(1000) }
                return try reader.peopleCount() == before
            }
        }
        for await _ in entered { break }
        let most = try await write(200)
        #expect(most > 80 * 4096)
        _ = try await store.read { try $0.peopleCount() }
        #expect(!store.facts().logIsLarge)
        isOver.add()
        #expect(try await long.value)
        _ = try await write(50)
        #expect(store.facts().logBytes < most)
        await store.close()
    }

    @Test func `readers beyond the connections wait their turn, and nobody is left waiting`() async throws {
        let store = store
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<200 { group.addTask { try await store.read { _ in 1 } } }
            for _ in 0..<100 {
                group.addTask {
                    try await store.mutate { _ in }
                    return 0
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 200)
        await store.close()
    }
}

/// What several tasks count together.
private final class Tally: Sendable {
    private let number = Atomic(0)

    var count: Int { number.load(ordering: .relaxed) }
    func add() { number.add(1, ordering: .relaxed) }
}

struct ReadGateTests {
    @Test func `a closed gate lets nobody in, and everybody when it opens`() async {
        let gate = ReadGate()
        await gate.enter()
        #expect(!gate.close(waiting: .milliseconds(1)))
        let tally = Tally()
        await withTaskGroup { group in
            for _ in 0..<10 {
                group.addTask {
                    await gate.enter()
                    tally.add()
                    gate.leave()
                }
            }
            for _ in 0..<100 { await Task.yield() }
            gate.leave()
            #expect(gate.close(waiting: .milliseconds(1)))
            #expect(tally.count == 0)
            gate.open()
        }
        #expect(tally.count == 10)
    }
}
