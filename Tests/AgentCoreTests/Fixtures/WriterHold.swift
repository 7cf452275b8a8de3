import Dispatch
import TokenCore

@testable import TokenStorage

/// Stands in the writer's way, on the writer's own thread.
final class WriterHold: Sendable {
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let opened = DispatchSemaphore(value: 0)

    func hold() {
        arrivals.continuation.yield()
        opened.wait()
    }

    func arrival() async {
        for await _ in arrivals.stream { break }
    }

    func open() { opened.signal() }
}

extension AgentFixture {
    /// Keeps the store's writer busy until the gate is opened, so that mutations queue up behind it.
    func holdWriter() async -> WriterHold {
        let hold = WriterHold()
        let store = store
        Task { try await store.mutate { _ in hold.hold() } }
        await hold.arrival()
        return hold
    }

    /// Waits until so many mutations queue behind the one that is held.
    func queued(_ count: Int) async throws -> Bool {
        try await eventually { store.commits.waiting == count }
    }
}
