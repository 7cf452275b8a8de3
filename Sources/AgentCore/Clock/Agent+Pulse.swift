import Synchronization
import TokenCore
import TokenStorage

extension Agent {
    /// Verifies a token made up for it, whose answer is known. Synchronous, for event loops.
    package func proveVerifying() throws(AgentError) {
        var generator = KernelRandom()
        let code = UserCode.random(using: &generator)
        let text = TokenText.reveal(code, .random(for: code, using: &generator))
        let presented = Array(text.utf8).withUnsafeBytes { PresentedToken(token: $0) }
        guard let presented, case .unknown = judge(presented, for: Demand()) else {
            throw .internal("a token that was made up is not unknown")
        }
    }

    /// Writes something and has it on the disk. A disk that is full is no fault that starting again would
    /// mend, and verifying goes on with it: that is not thrown.
    package func proveWriting() async throws(AgentError) {
        let mark = guardedClock.settle()
        do {
            try await store.mutate { try $0.put(mark) }
            recorded.withLock { $0 = mark.at }
        } catch StorageError.full {
            return
        } catch {
            throw AgentError(error)
        }
    }
}
