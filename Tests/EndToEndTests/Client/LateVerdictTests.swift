import AgentClient
import AgentProtocol
import Foundation
import Synchronization
import Testing

@testable import RealServers

extension EndToEnd {
    /// Verdicts that come when their calls have begun to listen for cancellation, or are about to.
    @Suite struct LateVerdictTests {
        private static func answer(_ line: String) -> String {
            let id = line.split(separator: "\"id\":")[1].prefix { $0.isNumber }
            let token = line.split(separator: "\"token\":\"")[1].prefix { $0 != "\"" }
            return #"{"jsonrpc":"2.0","id":\#(id),"result":{"active":true,"id":"\#(token)","#
                + #""owner":{"source":"s","id":"i","login":"l","email":null},"audience":"a","name":"n","#
                + #""write":false,"flags":[],"expires_at":null}}"#
        }

        @Test(arguments: [false, true])
        func `each call gets its own, whenever it comes`(onExecutor: Bool) async throws {
            let daemon = try FakeDaemon { line in
                // So that those in flight together have waited for up to 40 ms.
                Thread.sleep(forTimeInterval: 0.0006)
                return .answer(Self.answer(line))
            }
            let client = SharedClient(socketPath: daemon.path, deadline: .patient)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    group.addTask(executorPreference: onExecutor ? client.executor : nil) {
                        for round in 0..<20 {
                            let token = "\(number)-\(round)"
                            guard case .active(let active) = try await client.verify(token: token) else {
                                Issue.record("\(token) was refused")
                                return
                            }
                            #expect(active.id == token)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }

        @Test func `a call that has waited for long is cancelled`() async throws {
            let silent = try FakeDaemon { _ in .silence }
            let client = SharedClient(socketPath: silent.path)
            let call = Task { try await client.verify(token: "x") }
            try await Task.sleep(for: .milliseconds(50))
            call.cancel()
            await #expect(throws: AgentClientError.cancelled) { try await call.value }
        }

        @Test func `a call that has waited for long learns that the connection has ended`() async throws {
            let rude = try FakeDaemon { line in line.contains("last") ? .hangUp : .silence }
            let connection = try await AgentConnection.connect(path: rude.path)
            let call = Task { try await connection.verify(token: "x") }
            try await Task.sleep(for: .milliseconds(50))
            await #expect(throws: AgentClientError.closed) { try await connection.verify(token: "last") }
            await #expect(throws: AgentClientError.closed) { try await call.value }
        }

        /// What becomes of a call that was told to wait on, and whose task has not got to run yet.
        @Test(arguments: ["answer", "end", "cancel"])
        func `what comes while a call is about to wait on is not lost`(event: String) async throws {
            let first = Mutex("")
            let daemon = try FakeDaemon { line in
                if line.contains("held") {
                    first.withLock { $0 = line }
                    return .silence
                }
                if event == "end" { return .hangUp }
                let answers = (event == "answer" ? [first.withLock { $0 }] : []) + [line]
                return .answer(answers.map(Self.answer).joined(separator: "\n"))
            }
            let connection = try await AgentConnection.connect(path: daemon.path)
            let executor = HeldExecutor()
            let call = Task(executorPreference: executor) { try await connection.verify(token: "held") }
            try eventually("it is told to wait on") { executor.heldCount == 1 }
            if event == "cancel" { call.cancel() }
            // Its answer, or the end, comes after what is for the held one.
            _ = try? await connection.verify(token: "other")
            executor.release()
            switch event {
            case "answer":
                guard case .active(let active) = try await call.value else { throw CancellationError() }
                #expect(active.id == "held")
            case "end": await #expect(throws: AgentClientError.closed) { try await call.value }
            default: await #expect(throws: AgentClientError.cancelled) { try await call.value }
            }
        }
    }
}

/// Lets a task begin, and holds it when it would go on, until it is released.
private final class HeldExecutor: TaskExecutor {
    private struct State {
        var hasBegun = false
        var isReleased = false
        var held: [UnownedJob] = []
    }

    private let state = Mutex(State())

    var heldCount: Int { state.withLock(\.held.count) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mayRun = state.withLock { state in
            defer { state.hasBegun = true }
            if state.isReleased || !state.hasBegun { return true }
            state.held.append(job)
            return false
        }
        if mayRun { run(job) }
    }

    func release() {
        let jobs = state.withLock { state in
            state.isReleased = true
            return state.held
        }
        for job in jobs { run(job) }
    }

    private func run(_ job: UnownedJob) {
        DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
