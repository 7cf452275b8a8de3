import Synchronization
import TokenCore

/// What a reading handed out, batch by batch.
final class Collected: Sendable {
    private let batches = Mutex<[[Person]]>([])

    var people: [Person] { batches.withLock { $0.flatMap { $0 } } }
    var count: Int { batches.withLock(\.count) }

    func append(_ batch: [Person]) { batches.withLock { $0.append(batch) } }
}

/// The error a reading ends with; nil if it did not fail.
func failure<Value>(_ work: () async throws(DirectoryError) -> Value) async -> DirectoryError? {
    do throws(DirectoryError) {
        _ = try await work()
        return nil
    } catch {
        return error
    }
}
