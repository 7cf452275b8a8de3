import CLinux
import Foundation
import Glibc
import Synchronization

/// The thread that accepts connections.
///
/// Our own and not NIO's, because the peer's groups (SO_PEERGROUPS) have a length that NIO's socket options
/// cannot tell, and because accepting must pause, not spin, when there are no descriptors left.
final class Acceptor: Sendable {
    private let listening: Int32
    private let wakeUp: WakeUp
    private let stopping = Atomic(false)
    private let mayAccept: @Sendable () -> Bool
    private let onConnection: @Sendable (_ descriptor: Int32) -> Void
    private let onFailure: @Sendable (_ errno: Int32) -> Void

    /// `mayAccept` is asked before each, and again after each `wakeUp`; while it says no, callers wait in
    /// the kernel's queue.
    init(
        listening: Int32, wakeUp: WakeUp, mayAccept: @escaping @Sendable () -> Bool,
        onConnection: @escaping @Sendable (Int32) -> Void, onFailure: @escaping @Sendable (Int32) -> Void
    ) {
        self.listening = listening
        self.wakeUp = wakeUp
        self.mayAccept = mayAccept
        self.onConnection = onConnection
        self.onFailure = onFailure
    }

    func start() {
        let thread = Thread { self.run() }
        thread.name = "tokenagent-accept"
        thread.start()
    }

    /// Lets the thread end. Callers who wait in the kernel's queue stay there, for whoever listens next.
    func stop() {
        stopping.store(true, ordering: .releasing)
        wakeUp.wake()
    }

    private func run() {
        var backOff = AcceptBackOff()
        while !stopping.load(ordering: .acquiring) {
            let accepting = mayAccept()
            wait(accepting: accepting)
            guard accepting, !stopping.load(ordering: .acquiring) else { continue }
            switch acceptOne() {
            case nil: backOff.succeeded()
            case let error?: rest(after: error, backOff.failed())
            }
        }
    }

    /// Leaves the kernel alone for a while. Ends early when a connection closes, and a descriptor with it.
    private func rest(after error: Int32, _ milliseconds: Int) {
        onFailure(error)
        var watched = pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&watched, 1, Int32(milliseconds))
    }

    private func wait(accepting: Bool) {
        var watched = [
            pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: listening, events: Int16(POLLIN), revents: 0),
        ]
        poll(&watched, accepting ? 2 : 1, -1)
        if watched[0].revents != 0 { wakeUp.settle() }
    }

    /// The errno that accepting has to pause for; nil when it has not.
    private func acceptOne() -> Int32? {
        let descriptor = clinux_accept(listening)
        guard descriptor < 0 else {
            onConnection(descriptor)
            return nil
        }
        return [EAGAIN, EINTR, ECONNABORTED].contains(errno) ? nil : errno
    }
}
