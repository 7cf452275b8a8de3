import Dispatch
import Testing

/// Lets tests wait for processes and sockets: they run on threads of their own, and not on the few that all
/// tests share.
struct OwnThreads: SuiteTrait, TestTrait, TestScoping {
    private static let executor = ThreadExecutor()

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        // For the suite itself there is nothing to run but its tests.
        guard testCase != nil else { return try await function() }
        try await withTaskExecutorPreference(Self.executor) { try await function() }
    }
}

extension Trait where Self == OwnThreads {
    static var ownThreads: OwnThreads { OwnThreads() }
}

private final class ThreadExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "end-to-end", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
