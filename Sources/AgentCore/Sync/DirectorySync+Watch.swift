import Logging
import TokenCore
import TokenStorage

extension DirectorySync {
    /// Why a watch has ended.
    enum WatchEnd: Sendable {
        /// There is nothing to go on from: no full reading yet, or one that the guard holds.
        case notYet
        /// The source cannot tell changes as they happen, or is not to be asked to.
        case unable
        /// Somebody could not be looked up, or judged: to be told again.
        case unsettled
    }

    /// Applies changes as the source tells them, until it cannot, or the task is cancelled.
    ///
    /// `readFully` reads everybody, where what was told can only be settled so; whether that is in force. The
    /// watch goes on meanwhile: what changes then is told, too, so that one reading is enough.
    func watch(
        _ directory: DirectorySettings, readFully: @escaping @Sendable () async throws -> Bool
    ) async throws -> WatchEnd {
        guard let cookie = try await cookie(of: directory) else { return .notYet }
        guard let (session, lookUps) = try await sessions(for: directory) else { return .unable }
        let watch = Watch(
            sync: self, directory: directory, session: session, lookUps: lookUps, readFully: readFully)
        defer {
            noteWatch(false, of: directory.source.name)
            Task {
                await session.close()
                await lookUps.close()
            }
        }
        return try await watch.run(since: cookie)
    }

    /// One on which changes come, and one to look people up meanwhile, both to one server: another may not
    /// have heard of what this one tells. nil where changes are not to be watched.
    private func sessions(
        for directory: DirectorySettings
    ) async throws -> (any DirectorySession, any DirectorySession)? {
        let former = try await idAttribute(of: directory.source.name)
        let session = try await directory.source.connect()
        try await session.checkID(knownBy: former)
        let vendor = await session.vendor
        // A persistent search has crashed 389-ds (389-ds-base#7601).
        guard directory.watching == .always || vendor == "OpenLDAP" else {
            await session.close()
            return nil
        }
        do {
            let lookUps = try await directory.source.connect(to: session.server)
            try await lookUps.checkID(knownBy: former)
            return (session, lookUps)
        } catch {
            await session.close()
            throw error
        }
    }
}

/// One watch, while it lasts.
private struct Watch: Sendable {
    let sync: DirectorySync
    let directory: DirectorySettings
    let session: any DirectorySession
    let lookUps: any DirectorySession
    let readFully: @Sendable () async throws -> Bool

    private var name: String { directory.source.name }

    private enum Part: Sendable {
        case told(any Error)
        /// nil when all was taken that was told.
        case taken(DirectorySync.WatchEnd?)
    }

    func run(since cookie: ChangeCookie) async throws -> DirectorySync.WatchEnd {
        let queue = ChangeQueue()
        return try await withThrowingTaskGroup(of: Part.self) { group in
            group.addTask {
                defer { queue.finish() }
                do {
                    try await session.watch(since: cookie, queue.put)
                    return .told(CancellationError())
                } catch {
                    return .told(error)
                }
            }
            group.addTask { .taken(try await take(queue)) }
            // No changes are watched that nobody takes; but what was told is taken, however the watch ended.
            defer { group.cancelAll() }
            var failure: (any Error)?
            while let part = try await group.next() {
                switch part {
                case .told(DirectoryError.unsupported): return .unable
                case .told(let error): failure = error
                case .taken(let end?): return end
                case .taken(nil): continue
                }
            }
            throw failure ?? CancellationError()
        }
    }

    private func take(_ queue: ChangeQueue) async throws -> DirectorySync.WatchEnd? {
        for await _ in queue.arrivals {
            guard let set = queue.take() else { continue }
            // The first set says that from here on events are told as they happen.
            sync.noteWatch(true, of: name)
            if let end = try await take(set) { return end }
        }
        return nil
    }

    /// nil when the watch can go on.
    private func take(_ set: ChangeSet) async throws -> DirectorySync.WatchEnd? {
        guard let report = try await sync.take(set, of: directory, lookUps) else {
            return try await read(set)
        }
        report.logChanges(to: sync.logger)
        if report.held != nil { return .notYet }
        guard let error = report.error else { return nil }
        sync.logger.notice(
            "changes are asked for again", metadata: ["source": "\(name)", "error": "\(error)"])
        return .unsettled
    }

    private func read(_ set: ChangeSet) async throws -> DirectorySync.WatchEnd? {
        sync.logger.notice(
            "everybody has to be read",
            metadata: [
                "source": "\(name)",
                "reason": "\(set.incompleteness ?? ChangeReading.whyFully)",
            ])
        // What happened until now is told no more: a server that has not heard of it is not to be read. (The
        // session that tells has no time for questions.)
        try await sync.see(Sight(source: name, server: await lookUps.identity, progress: set.progress))
        guard try await readFully() else { return .notYet }
        let cookie = try await sync.cookie(of: directory)
        return cookie?.server == set.cookie.server ? nil : .unsettled
    }
}

extension DirectorySync {
    fileprivate func take(
        _ set: ChangeSet, of directory: DirectorySettings, _ lookUps: any DirectorySession
    ) async throws -> SyncReport? {
        guard let turn = turns[directory.source.name] else { throw AgentError.internal("no such source") }
        guard await turn.take() else { throw CancellationError() }
        foundMeanwhile.begin(directory.source.name)
        let result = await Result { () async throws(AgentError) in
            try await reading(directory, by: "changes of \(directory.source.name)").apply(
                set, on: lookUps, hasToldIt: false)
        }
        foundMeanwhile.end(directory.source.name)
        await turn.give()
        return try result.get()
    }

    fileprivate func see(_ sight: Sight) async throws {
        guard sight.progress != nil else { return }
        try await store.mutate { try $0.see(sight) }
    }
}
