import CLDAP
import Glibc
import Synchronization

/// Holds a session to the one connection it opened, and can cut that connection from another thread.
///
/// libldap's time-outs do not cover a TLS peer that says nothing: only `shutdown(2)` wakes the thread that
/// waits for it. The descriptor is a duplicate of our own, so that a number libldap has closed, and somebody
/// else has got since, is never shut down. And libldap would silently open a second connection, as nobody,
/// for a request after the first was lost: that is refused here.
final class ConnectionPin: Sendable {
    enum Cut: Sendable { case deadline, cancelled }

    private struct State {
        var descriptor: Int32?
        var adopted = false
        var deadline: ContinuousClock.Instant?
        var cut: Cut?
    }

    private let state = Mutex(State())

    deinit { release() }

    var cut: Cut? { state.withLock(\.cut) }
    /// Was a connection made at all? Afterwards only TLS can be what failed.
    var isConnected: Bool { state.withLock(\.adopted) }

    /// False if there was a connection before, or nobody wants this one any more.
    func adopt(_ descriptor: Int32) -> Bool {
        state.withLock { state in
            guard !state.adopted, state.cut == nil else { return false }
            let duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
            guard duplicate >= 0 else { return false }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            state.descriptor = duplicate
            state.adopted = true
            return true
        }
    }

    /// When it will be cut.
    var deadline: ContinuousClock.Instant? { state.withLock(\.deadline) }

    /// Cuts the connection at `deadline`, unless `watch(nil)` comes first.
    func watch(_ deadline: ContinuousClock.Instant?) { state.withLock { $0.deadline = deadline } }

    /// Called by the timer, which may be late: looks itself whether there is something to cut.
    func cutIfDue() {
        state.withLock { state in
            guard let deadline = state.deadline, deadline <= .now else { return }
            Self.cut(&state, .deadline)
        }
    }

    /// Lets no connection be made any more, or cuts the one that is there: its time is over.
    func expire() { state.withLock { Self.cut(&$0, .deadline) } }

    func cancel() { state.withLock { Self.cut(&$0, .cancelled) } }

    private static func cut(_ state: inout State, _ reason: Cut) {
        state.cut = state.cut ?? reason
        if let descriptor = state.descriptor { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    /// Without this the peer would not see the connection end.
    func release() {
        state.withLock { state in
            if let descriptor = state.descriptor { close(descriptor) }
            state.descriptor = nil
        }
    }
}
