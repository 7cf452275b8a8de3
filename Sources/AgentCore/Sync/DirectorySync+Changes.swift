import Logging
import TokenCore
import TokenStorage

extension DirectorySync {
    /// What changed since the last time. nil when that cannot be told, for whatever reason: then everybody
    /// has to be read, and that reading tells what is wrong.
    func readChanges(_ directory: DirectorySettings, by: Author) async throws(AgentError) -> SyncReport? {
        guard let cookie = try await cookie(of: directory) else { return nil }
        let former = try await idAttribute(of: directory.source.name)
        let begun = clock()
        do {
            let session = try await directory.source.connect()
            try await session.checkID(knownBy: former)
            let set: ChangeSet
            do { set = try await session.changes(since: cookie) } catch {
                await session.close()
                throw error
            }
            var report = try await reading(directory, by: by).apply(
                set, on: session, hasToldIt: true)
            report?.span = clock() - begun
            report?.logChanges(to: logger)
            if report == nil {
                logger.notice(
                    "everybody has to be read",
                    metadata: [
                        "source": "\(directory.source.name)",
                        "reason": "\(set.incompleteness ?? ChangeReading.whyFully)",
                    ])
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

    /// Whether a source that has no cookie would give one by now; nil where it has no way to.
    func offersChanges(_ directory: DirectorySettings) async -> Bool? {
        do throws(DirectoryError) {
            let session = try await directory.source.connect()
            let first = await Result { () async throws(DirectoryError) in
                try await session.changes(since: nil)
            }
            await session.close()
            _ = try first.get()
            return true
        } catch {
            if case .unsupported = error { return nil }
            return false
        }
    }

    func reading(_ directory: DirectorySettings, by: Author) -> ChangeReading {
        ChangeReading(
            directory: directory, store: store, clock: clock, by: by, foundMeanwhile: foundMeanwhile)
    }

    /// nil, too, while the guard holds a plan or the settings are others than the cookie's: only reading
    /// everybody settles that.
    func cookie(of directory: DirectorySettings) async throws(AgentError) -> ChangeCookie? {
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
