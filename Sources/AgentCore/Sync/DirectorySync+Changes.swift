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
            var report = try await reading(directory, by: by).apply(set, on: session)
            report?.span = clock() - begun
            report?.logChanges(to: logger)
            if report == nil {
                logger.notice(
                    "everybody has to be read",
                    metadata: [
                        "source": "\(directory.source.name)",
                        "reason": "\(set.incompleteness ?? "a branch of the directory has moved")",
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

    /// Why a watch has ended.
    enum WatchEnd: Sendable {
        /// There is nothing to go on from: no full reading yet, or one that the guard holds.
        case notYet
        /// What was told can only be settled by reading everybody.
        case mustReadFully
        /// Somebody could not be looked up, or judged: to be told again.
        case unsettled
    }

    /// Applies changes as the source tells them, until it cannot, or the task is cancelled.
    func watch(_ directory: DirectorySettings) async throws -> WatchEnd {
        guard let cookie = try await cookie(of: directory) else { return .notYet }
        // Two: one on which changes come, and one to look people up meanwhile.
        let former = try await idAttribute(of: directory.source.name)
        let session = try await directory.source.connect()
        try await session.checkID(knownBy: former)
        let vendor = await session.vendor
        guard directory.watching == .always || vendor == "OpenLDAP" else {
            await session.close()
            throw DirectoryError.misconfigured(
                detail: "changes are watched on OpenLDAP only, unless asked for")
        }
        let lookUps: any DirectorySession
        do {
            lookUps = try await directory.source.connect()
            try await lookUps.checkID(knownBy: former)
        } catch {
            await session.close()
            throw error
        }
        let (changes, continuation) = AsyncStream.makeStream(of: ChangeSet.self)
        let name = directory.source.name
        defer {
            noteWatch(false, of: name)
            Task {
                await session.close()
                await lookUps.close()
            }
        }
        return try await withThrowingTaskGroup(of: WatchEnd.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await session.watch(since: cookie) { continuation.yield($0) }
                return .unsettled
            }
            group.addTask {
                for await set in changes {
                    // The first set says that from here on events are told as they happen.
                    self.noteWatch(true, of: name)
                    if let end = try await self.take(set, of: directory, lookUps) { return end }
                }
                return .unsettled
            }
            // Whichever ends first ends both: no changes are watched that nobody takes.
            defer { group.cancelAll() }
            return try await group.next() ?? .unsettled
        }
    }

    /// nil when the watch can go on.
    private func take(
        _ set: ChangeSet, of directory: DirectorySettings, _ lookUps: any DirectorySession
    ) async throws -> WatchEnd? {
        guard let turn = turns[directory.source.name] else { return .unsettled }
        await turn.take()
        foundMeanwhile.begin(directory.source.name)
        let result = await Result { () async throws(AgentError) in
            try await reading(directory, by: "changes of \(directory.source.name)").apply(set, on: lookUps)
        }
        foundMeanwhile.end(directory.source.name)
        await turn.give()
        guard let report = try result.get() else { return .mustReadFully }
        report.logChanges(to: logger)
        if report.held != nil { return .notYet }
        return report.error == nil ? nil : .unsettled
    }

    private func reading(_ directory: DirectorySettings, by: Author) -> ChangeReading {
        ChangeReading(
            directory: directory, store: store, clock: clock, by: by, foundMeanwhile: foundMeanwhile)
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
