extension TokenStore {
    /// Runs `body` on the writer's thread, grouped with the other mutations that wait.
    ///
    /// Returns after the commit is on the disk and observed. An error of `body` undoes what `body` did and
    /// nothing else; a commit that fails throws `StorageError` to everybody in it.
    ///
    /// `body` may be run a second time, after all of the first was undone: it changes nothing but the store.
    ///
    /// `alone` is for large mutations, as a reading's: in a commit of its own, nothing is kept in memory to
    /// undo it.
    package func mutate<T: Sendable>(
        alone: Bool = false, _ body: @escaping @Sendable (inout StoreWriter) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            commits.add(
                QueuedMutation(
                    alone: alone,
                    run: { writer in
                        let value = try body(&writer)
                        return { continuation.resume(returning: value) }
                    },
                    fail: { continuation.resume(throwing: $0) }))
        }
    }
}
