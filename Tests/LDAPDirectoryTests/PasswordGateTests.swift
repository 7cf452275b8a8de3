import Testing
import TokenCore

@testable import LDAPDirectory

@Suite("the gate before password checks")
struct PasswordGateTests {
    private func deadline(_ span: Duration = .seconds(30)) -> Deadline {
        Deadline(after: span, phase: "test")
    }

    @Test("never has more inside than places, and lets everybody in at last")
    func cap() async throws {
        let gate = PasswordGate(placesMax: 3, waitersMax: 1000)
        let inside = Inside()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    try await gate.enter("corp", until: deadline())
                    await inside.step(1)
                    await Task.yield()
                    await inside.step(-1)
                    gate.leave()
                }
            }
            try await group.waitForAll()
        }
        #expect(await inside.all == 200)
        #expect(await inside.most <= 3)
    }

    private actor Inside {
        private var count = 0
        private(set) var most = 0
        private(set) var all = 0

        func step(_ by: Int) {
            count += by
            most = max(most, count)
            if by > 0 { all += 1 }
        }
    }

    @Test("turns away whoever waits too long, is cancelled, or is one too many")
    func turnsAway() async throws {
        let gate = PasswordGate(placesMax: 1, waitersMax: 1)
        try await gate.enter("corp", until: deadline())
        let late = DirectoryError.timedOut(server: "corp", phase: "waiting for other password checks")
        let waited = await failure { () async throws(DirectoryError) in
            try await gate.enter("corp", until: deadline(.milliseconds(50)))
        }
        #expect(waited == late)
        let task = Task {
            await failure { () async throws(DirectoryError) in try await gate.enter("corp", until: deadline())
            }
        }
        task.cancel()
        #expect(await task.value == .cancelled)

        let first = Task {
            await failure { () async throws(DirectoryError) in try await gate.enter("corp", until: deadline())
            }
        }
        while gate.waiting == 0 { await Task.yield() }
        let second = await failure { () async throws(DirectoryError) in
            try await gate.enter("corp", until: deadline())
        }
        #expect(second == late)
        gate.leave()
        #expect(await first.value == nil)
        gate.leave()
        #expect(gate.waiting == 0)
        try await gate.enter("corp", until: deadline(.zero))
        gate.leave()
    }
}
