import Dispatch
import GRDB
import Synchronization
import TokenCore

/// The one writer: takes whatever waits, and commits it together.
///
/// While one commit waits for the disk the next group gathers, so the more wait, the fewer flushes each
/// costs; a lone mutation is never delayed to wait for company.
final class GroupCommit: Sendable {
    typealias Observer = @Sendable (StoreCommit) -> Void

    /// Bounds how long the first of a group waits for the last.
    static let mutationsMax = 256
    /// How long new readers are kept waiting for those who read.
    static let readersHeld = DispatchTimeInterval.milliseconds(30)

    private struct State {
        var waiting: [QueuedMutation] = []
        var draining = false
        var closed = false
        var observer: Observer?
        /// As committed.
        var tail: AuditTail
        /// What a commit that failed may have changed all the same; nil when that is settled.
        var doubtful: StoreCommit?
    }

    let checkpoint: Checkpoint
    let readers = ReadGate()
    private let pool: DatabasePool
    private let queue = DispatchQueue(label: "tokenagent.store.writer", qos: .userInitiated)
    private let state: Mutex<State>

    init(pool: DatabasePool, tail: AuditTail, checkpoint: Checkpoint) {
        self.pool = pool
        self.checkpoint = checkpoint
        state = Mutex(State(tail: tail))
    }

    /// How many mutations the next commit will find.
    var waiting: Int { state.withLock { $0.waiting.count } }

    var head: AuditHead { state.withLock { $0.tail.head } }

    var revision: Int64 { state.withLock { $0.tail.seq } }

    func observe(_ observer: @escaping Observer) {
        state.withLock { $0.observer = observer }
    }

    func add(_ mutation: QueuedMutation) {
        enum Next { case start, wait, refuse }
        let next = state.withLock { state in
            if state.closed { return Next.refuse }
            state.waiting.append(mutation)
            defer { state.draining = true }
            return state.draining ? .wait : .start
        }
        switch next {
        case .start: queue.async { self.drain() }
        case .wait: break
        case .refuse: mutation.fail(StorageError.closed)
        }
    }

    /// `last` runs on the writer's thread after the last mutation. A second call does nothing.
    func close(_ last: @escaping @Sendable () -> Void) async {
        let wasClosed = state.withLock { state in
            defer { state.closed = true }
            return state.closed
        }
        guard !wasClosed else { return }
        await withCheckedContinuation { continuation in
            queue.async {
                last()
                continuation.resume()
            }
        }
    }

    private func drain() {
        while let group = nextGroup() {
            commit(group)
            // Tried again after the next commit: the log has everything until then, and the failure is kept.
            do {
                if checkpoint.isDue { try pool.writeWithoutTransaction(checkpoint.moveOn) }
                if checkpoint.takeOverdue() { try beginLogAnew() }
            } catch { continue }
        }
    }

    private func beginLogAnew() throws {
        defer { readers.open() }
        guard readers.close(waiting: Self.readersHeld) else { return }
        try pool.writeWithoutTransaction(checkpoint.beginAnew)
    }

    private func nextGroup() -> [QueuedMutation]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.draining = false
                return nil
            }
            let company = state.waiting.prefix(Self.mutationsMax).prefix { !$0.alone }
            let group = company.isEmpty ? [state.waiting[0]] : Array(company)
            state.waiting.removeFirst(group.count)
            return group
        }
    }

    private func commit(_ group: [QueuedMutation]) {
        do { try settle() } catch { return group.forEach { $0.fail(StorageError.translating(error)) } }
        let (tail, observer) = state.withLock { ($0.tail, $0.observer) }
        var transaction = GroupTransaction(tail: tail)
        do {
            try pool.writeWithoutTransaction { db in try transaction.run(group, in: db) }
        } catch {
            if transaction.isDoubtful {
                doubt(StoreCommit(changes: transaction.changes, lines: transaction.lines))
            }
            // Not to be narrowed: the error of a body that was alone is its own.
            return transaction.failAll(of: group, with: StorageError.translating(error))
        }
        state.withLock { $0.tail = transaction.tail }
        if !transaction.changes.isEmpty || !transaction.lines.isEmpty {
            observer?(StoreCommit(changes: transaction.changes, lines: transaction.lines))
        }
        transaction.answerAll(of: group)
    }
    // MARK: After a commit that failed

    /// A COMMIT that fails for want of the disk may have happened: only the file can tell
    /// (https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction).
    private func doubt(_ commit: StoreCommit) {
        state.withLock { $0.doubtful = commit }
        do { try settle() } catch {
            // The file cannot be read either. The next commit looks again, and does nothing before it knows.
        }
    }

    /// Takes up the trail where the file has it, and shows the observer what it has of the changes in doubt.
    private func settle() throws {
        guard let doubtful = state.withLock({ $0.doubtful }) else { return }
        let (tail, changes) = try pool.writeWithoutTransaction { db in
            (try AuditTail(db), try doubtful.changes.map { try StoreReader(db: db).asStored($0) })
        }
        let observer = state.withLock { state in
            state.tail = tail
            state.doubtful = nil
            return state.observer
        }
        let lines = doubtful.lines.filter { $0.revision <= tail.seq }
        if !changes.isEmpty || !lines.isEmpty { observer?(StoreCommit(changes: changes, lines: lines)) }
    }
}
