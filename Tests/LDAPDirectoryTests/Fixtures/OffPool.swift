import Foundation

/// Does what blocks on a thread of its own: the threads that tests run on are as few as there are processors,
/// and deadlines are kept by them.
func offPool<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}
