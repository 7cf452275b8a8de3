import AgentCore
import GRDB
import Synchronization
import TokenCore

@testable import TokenStorage

/// An agent on a disk that fails and loses power, with one directory.
final class AgentOnDisk: Sendable {
    let disk: FaultyDisk
    let corp: FakeDirectory
    let clock = TestClock()
    let log = CountingLog()
    let limits: GuardLimits
    let settings: AgentSettings
    private let opened = Mutex<(store: TokenStore, agent: Agent)?>(nil)

    init(
        seed: UInt64, logins: [String], limits: GuardLimits = GuardLimits(),
        settings: AgentSettings = AgentFixture.settings
    ) throws {
        disk = try FaultyDisk(seed: seed)
        corp = FakeDirectory("corp", logins: logins)
        self.limits = limits
        self.settings = settings
    }

    var path: String { disk.folder + "/tokens.sqlite" }

    struct Closed: Error {}

    var agent: Agent {
        get throws {
            guard let agent = opened.withLock({ $0?.agent }) else { throw Closed() }
            return agent
        }
    }

    var store: TokenStore {
        get throws {
            guard let store = opened.withLock({ $0?.store }) else { throw Closed() }
            return store
        }
    }

    func open() async throws {
        let clock = clock
        let store = try TokenStore(path: path)
        do {
            let agent = try Agent(
                store: store, key: SealingKey(bytes: Array(repeating: 1, count: 32))!,
                directories: [DirectorySettings(source: corp, limits: limits)], settings: settings,
                logger: log.logger, clock: { clock.now }, steady: { clock.steady })
            opened.withLock { $0 = (store, agent) }
        } catch {
            await store.close()
            throw error
        }
    }

    func close() async {
        let store = opened.withLock { opened in
            defer { opened = nil }
            return opened?.store
        }
        await store?.close()
    }

    /// Ends it before its time, and opens what is left.
    func restart(after end: FaultyDisk.End) async throws {
        disk.cut()
        await close()
        disk.leave(end)
        try await open()
    }
}

extension AgentOnDisk {
    static var root: Caller { Caller(name: "uid 0 (root)", login: "root", roles: [.admin]) }

    /// `PRAGMA synchronous` of the writer: less than FULL is to be seen failing.
    func synchronize(_ level: String) async throws {
        try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = \(level)") }
    }

    func checkpoint() async throws {
        try await store.pool.writeWithoutTransaction(store.commits.checkpoint.moveOn)
    }

    /// Copies the log into the database after so many pages of it, and not after thousands.
    func checkpoint(every pages: Int) throws {
        try store.commits.checkpoint.set(pagesMax: pages)
    }
}
