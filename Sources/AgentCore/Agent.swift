package import Logging
import Synchronization
package import TokenCore
package import TokenStorage

/// The verbs, and what they work on: the store, the index built from it, the directories.
///
/// One extension a verb, in `Verbs/`. Whoever calls one that changes or tells anything has to bring a right
/// to it.
package final class Agent: Sendable {
    let store: TokenStore
    package let index: TokenIndex
    package let events = EventHub()
    let sync: DirectorySync
    let keys: SealingKeys
    let mint = TokenMint()
    /// Whether the sealing key is being rotated.
    let keyTurn = Atomic(false)
    let logger: Logger
    let measures = AgentMeasures()
    let guardedClock: GuardedClock
    /// The one place that asks the clock.
    let clock: @Sendable () -> Timestamp
    /// The time from which lives, expiries and graces are reckoned, and by which what is done is on record:
    /// not that of a clock which has leapt ahead.
    let granting: @Sendable () -> Timestamp
    /// The time that is on record.
    let recorded: Mutex<Timestamp?>
    /// Whether the log has been told that the clock is ahead.
    let clockComplaint = Mutex(false)
    /// Whether the log has been told that the write-ahead log stays where it is.
    let checkpointComplaint = Atomic(false)
    /// Whether it has been told that it is large.
    let logComplaint = Atomic(false)
    package let startedAt: Timestamp
    private let current: Mutex<AgentSettings>
    private let settingsNumber = Atomic(0)
    let censuses = Censuses()
    let triedPurges = Mutex(TriedPurges())

    /// Builds the index from the store: blocks until all tokens are read.
    ///
    /// `clock` is the machine's, and `steady` one that nobody sets; without it `clock` is never found ahead.
    /// The directories are given the agent's own, so that an account that has expired stays so when the
    /// machine's is put back.
    package init(
        store: TokenStore, keys: SealingKeys,
        directories: (_ now: @escaping @Sendable () -> Timestamp) -> [DirectorySettings],
        settings: AgentSettings,
        logger: Logger, rendering: AnswerRendering = .none, clock: @escaping @Sendable () -> Timestamp,
        steady: (@Sendable () -> TimeSpan)? = nil
    ) throws(StorageError) {
        self.store = store
        self.keys = keys
        self.logger = logger
        let mark = try store.clockMark(leap: GuardedClock.leap)
        let guarded = GuardedClock(
            mark: mark, wall: clock,
            steady: steady ?? { TimeSpan(milliseconds: clock().milliseconds) })
        let clock = guarded.now
        guardedClock = guarded
        recorded = Mutex(mark?.at)
        self.clock = clock
        granting = guarded.granting
        startedAt = clock()
        current = Mutex(settings)
        sync = DirectorySync(
            store: store, directories: directories(clock), logger: logger, clock: guarded.granting)
        let index = TokenIndex(rendering: rendering)
        self.index = index
        let (events, measures) = (events, measures)
        store.observe { commit in
            index.apply(commit.changes)
            events.publish(commit.lines)
            measures.committed()
        }
        index.reserve(try store.tokenCount())
        try store.loadTokens(TokenIndex.Known.init) { known, group, reader in
            try index.load(group, &known, from: reader)
        }
    }

    /// With a key that lies in no file.
    package convenience init(
        store: TokenStore, key: SealingKey, directories: [DirectorySettings], settings: AgentSettings,
        logger: Logger, rendering: AnswerRendering = .none, clock: @escaping @Sendable () -> Timestamp,
        steady: (@Sendable () -> TimeSpan)? = nil
    ) throws(StorageError) {
        try self.init(
            store: store, keys: SealingKeys(key), directories: { _ in directories }, settings: settings,
            logger: logger, rendering: rendering, clock: clock, steady: steady)
    }

    package var settings: AgentSettings { current.withLock { $0 } }

    /// Replaces what the configuration decides. Connections that are open are judged anew.
    package func change(_ settings: AgentSettings) {
        current.withLock { $0 = settings }
        settingsNumber.add(1, ordering: .releasing)
    }

    /// Which settings are in force: a number that grows with each change, so that a connection may keep
    /// what it was judged to be until then.
    package var settingsVersion: Int { settingsNumber.load(ordering: .acquiring) }

    package var directories: [DirectorySettings] { sync.directories }

    /// Runs one mutation; when it returns, its effects are durable and the index shows them.
    func mutate<T: Sendable>(
        _ body: @escaping @Sendable (inout StoreWriter) throws -> T
    ) async throws(AgentError) -> T {
        do { return try await store.mutate(body) } catch { throw failure(error) }
    }

    func read<T: Sendable>(
        _ body: @escaping @Sendable (StoreReader) throws -> T
    ) async throws(AgentError) -> T {
        do { return try await store.read(body) } catch { throw failure(error) }
    }

    private func failure(_ error: any Error) -> AgentError {
        (error as? SealingError).map { AgentError($0, keys) } ?? AgentError(error)
    }
}

extension AgentError {
    /// What went wrong inside a transaction, in the agent's words.
    init(_ error: any Error) {
        switch error {
        case let error as AgentError: self = error
        case let error as StorageError: self = .storageUnavailable("\(error)")
        case let error as DirectoryError: self = .directoryUnavailable("\(error)")
        default: self = .internal(String(describing: type(of: error)))
        }
    }
}
