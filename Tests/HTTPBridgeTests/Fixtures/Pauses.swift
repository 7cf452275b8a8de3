import Synchronization

@testable import HTTPBridge

/// The delays that wrong passwords cost in a bridge: they pass as they would, and are written down.
final class Pauses: Sendable {
    private struct State {
        var begun: [Duration] = []
        var held: AsyncStream<Void>?
    }

    private let state = Mutex(State())

    /// Those that have begun, in order.
    var all: [Duration] { state.withLock(\.begun) }

    func pass(_ pause: Duration) async {
        let held = state.withLock { state in
            state.begun.append(pause)
            return state.held
        }
        if let held { for await _ in held {} }
        await PasswordPace.sleep(pause)
    }

    /// From here on none ends before what is returned has been called. One waits at a time.
    func hold() -> @Sendable () -> Void {
        let (held, release) = AsyncStream.makeStream(of: Void.self)
        state.withLock { $0.held = held }
        return { release.finish() }
    }
}
