import Dispatch
import Synchronization

/// Lets so many readers in at a time as there are connections for them, in the order in which they come; and
/// none for the moment in which the log is to begin anew.
///
/// SQLite begins it anew when nobody reads from it (https://www.sqlite.org/wal.html, section 6), and among
/// readers who come without a pause somebody always does.
final class ReadGate: Sendable {
    private struct State {
        var inside = 0
        var isClosed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Somebody waits for the last one to leave.
        var emptied: DispatchSemaphore?

        var hasRoom: Bool { !isClosed && inside < ConnectionSettings.readersMax }

        mutating func letIn() -> ArraySlice<CheckedContinuation<Void, Never>> {
            guard hasRoom, !waiting.isEmpty else { return [] }
            let next = waiting.prefix(ConnectionSettings.readersMax - inside)
            waiting.removeFirst(next.count)
            inside += next.count
            return next
        }
    }

    private let state = Mutex(State())

    func enter() async {
        let isIn = state.withLock { state in
            guard state.hasRoom, state.waiting.isEmpty else { return false }
            state.inside += 1
            return true
        }
        if isIn { return }
        await withCheckedContinuation { continuation in
            let next = state.withLock { state in
                state.waiting.append(continuation)
                return state.letIn()
            }
            for reader in next { reader.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state in
            state.inside -= 1
            if state.inside == 0 { state.emptied?.signal() }
            return state.letIn()
        }
        for reader in next { reader.resume() }
    }

    /// Keeps who comes waiting until `open`. Blocks until those inside have left; false when that takes
    /// longer than `span`.
    func close(waiting span: DispatchTimeInterval) -> Bool {
        let emptied = DispatchSemaphore(value: 0)
        let isEmpty = state.withLock { state in
            state.isClosed = true
            state.emptied = emptied
            return state.inside == 0
        }
        return isEmpty || emptied.wait(timeout: .now() + span) == .success
    }

    func open() {
        let next = state.withLock { state in
            (state.isClosed, state.emptied) = (false, nil)
            return state.letIn()
        }
        for reader in next { reader.resume() }
    }
}
