import Logging
import TokenCore
import TokenStorage

extension DirectorySync {
    /// What changed since the last time. nil when that cannot be told, for whatever reason: then everybody
    /// has to be read, and that reading tells what is wrong.
    func readChanges(_ directory: DirectorySettings, by: String) async throws(AgentError) -> SyncReport? {
        guard let cookie = try await cookie(of: directory) else { return nil }
        let begun = clock()
        do {
            let session = try await directory.source.connect()
            let set: ChangeSet
            do { set = try await session.changes(since: cookie) } catch {
                await session.close()
                throw error
            }
            var report: SyncReport?
            if !set.mustReadFully {
                report = try await reading(directory, by: by).apply(set, on: session)
                report?.span = clock() - begun
            }
            await session.close()
            return report
        } catch let error as DirectoryError {
            logger.notice(
                "changes cannot be told",
                metadata: ["source": "\(directory.source.name)", "error": "\(error)"])
            return nil
        } catch {
            throw AgentError(error)
        }
    }

    /// Applies changes as the source tells them, until it cannot, or the task is cancelled.
    ///
    /// Returns when everybody has to be read before it makes sense to go on.
    func watch(_ directory: DirectorySettings) async throws {
        guard let cookie = try await cookie(of: directory) else { return }
        // Two: one on which changes come, and one to look people up meanwhile.
        let session = try await directory.source.connect()
        let lookUps = try await directory.source.connect()
        let (changes, continuation) = AsyncStream.makeStream(of: ChangeSet.self)
        defer {
            Task {
                await session.close()
                await lookUps.close()
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await session.watch(since: cookie) { continuation.yield($0) }
            }
            group.addTask {
                for await set in changes {
                    guard try await self.take(set, of: directory, lookUps) else { return }
                }
            }
            // Whichever ends first ends both: no changes are watched that nobody takes.
            try await group.next()
            group.cancelAll()
        }
    }

    /// False when everybody has to be read first.
    private func take(
        _ set: ChangeSet, of directory: DirectorySettings, _ lookUps: any DirectorySession
    ) async throws -> Bool {
        guard !set.mustReadFully else { return false }
        guard let turn = turns[directory.source.name] else { return false }
        await turn.take()
        let result = await Result { () async throws(AgentError) in
            try await reading(directory, by: "changes of \(directory.source.name)").apply(set, on: lookUps)
        }
        await turn.give()
        let report = try result.get()
        return report.complete && report.held == nil
    }

    private func reading(_ directory: DirectorySettings, by: String) -> ChangeReading {
        ChangeReading(directory: directory, store: store, clock: clock, by: by)
    }

    /// nil, too, while the guard holds a plan or the settings are others than the cookie's: only reading
    /// everybody settles that.
    private func cookie(of directory: DirectorySettings) async throws(AgentError) -> ChangeCookie? {
        let name = directory.source.name
        do {
            return try await store.read { reader in
                guard let state = try reader.sourceState(name), try reader.heldPlan(name) == nil,
                    state.fingerprint == directory.source.fingerprint
                else { return nil }
                return state.cookie
            }
        } catch {
            throw AgentError(error)
        }
    }
}

extension Result {
    /// `Result { try … }`, for work that waits.
    init(_ work: () async throws(Failure) -> Success) async {
        do { self = .success(try await work()) } catch { self = .failure(error) }
    }
}
