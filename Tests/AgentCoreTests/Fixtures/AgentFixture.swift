import AgentCore
import Foundation
import Synchronization
import TokenCore
import TokenStorage

/// An agent on a store of its own, with a clock and directories that the test moves.
final class AgentFixture: Sendable {
    let clock = TestClock()
    /// The first of the directories, and in most tests the only one.
    let corp: FakeDirectory
    let directories: [DirectorySettings]
    let log: CountingLog
    private let folder: String
    private let opened: Mutex<(store: TokenStore, agent: Agent)>

    init(
        _ directories: [DirectorySettings], settings: AgentSettings = AgentFixture.settings,
        log: CountingLog = CountingLog()
    ) throws {
        folder = NSTemporaryDirectory() + "agent-core-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        self.directories = directories
        self.log = log
        corp = directories.compactMap { $0.source as? FakeDirectory }.first ?? FakeDirectory()
        opened = Mutex(try Self.open(folder + "/tokens.sqlite", directories, settings, (clock, log)))
    }

    /// With one directory, `corp`.
    convenience init(
        logins: [String] = AgentFixture.logins, limits: GuardLimits = GuardLimits(), canary: String? = nil,
        enumerates: Bool = true, settings: AgentSettings = AgentFixture.settings,
        log: CountingLog = CountingLog()
    ) throws {
        let corp = FakeDirectory("corp", logins: logins)
        try self.init(
            [DirectorySettings(source: corp, limits: limits, canary: canary, enumerates: enumerates)],
            settings: settings, log: log)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var store: TokenStore { opened.withLock { $0.store } }
    var agent: Agent { opened.withLock { $0.agent } }

    /// As after a restart: everything in memory is gone.
    func restart(with others: [DirectorySettings]? = nil) async throws {
        let settings = agent.settings
        await store.close()
        let again = try Self.open(
            folder + "/tokens.sqlite", others ?? directories, settings, (clock, log))
        opened.withLock { $0 = again }
    }

    private static func open(
        _ path: String, _ directories: [DirectorySettings], _ settings: AgentSettings,
        _ outside: (clock: TestClock, log: CountingLog)
    ) throws -> (TokenStore, Agent) {
        let store = try TokenStore(path: path)
        let agent = try Agent(
            store: store, key: SealingKey(bytes: Array(repeating: 1, count: 32))!, directories: directories,
            settings: settings, logger: outside.log.logger,
            clock: { outside.clock.now }, steady: { outside.clock.steady })
        return (store, agent)
    }

    /// Enough that one or two may go without the guard's asking.
    static let logins = ["alice", "bob"] + (0..<10).map { "extra-\($0)" }

    /// Root administers, everyone verifies and manages their own.
    static let access = Access(rules: [
        Access.Rule(role: .admin, uids: [0]), Access.Rule(role: .verifier, everyone: true),
        Access.Rule(role: .self, everyone: true),
    ])

    static let settings = AgentSettings(access: access)

    static func settings(_ change: (inout AgentSettings) -> Void) -> AgentSettings {
        var settings = settings
        change(&settings)
        return settings
    }
}
