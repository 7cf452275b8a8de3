import NIOCore
import Synchronization

/// The connections that are open, so that they can be drained at the end.
final class OpenChannels: Sendable {
    fileprivate struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
        var whenEmpty: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func add(_ channel: any Channel) {
        let isDraining = state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = channel
            return state.isDraining
        }
        guard isDraining else { return }
        // Who got in at the last moment is told so like the others; after this turn of the event loop, since
        // a channel that is being set up must not be closed yet.
        channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(DrainEvent()) }
    }

    func remove(_ channel: any Channel) {
        let waiting = state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = nil
            return state.takeWaiting()
        }
        waiting?.resume()
    }

    /// Lets each answer what it has been asked, and closes it. Those that are not done in time are closed
    /// all the same.
    func drain(within limit: Duration) async {
        let channels = state.withLock { state in
            state.isDraining = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(DrainEvent()) }
        let late = Task {
            try await Task.sleep(for: limit)
            for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
        }
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.whenEmpty = continuation
                return state.takeWaiting()
            }?.resume()
        }
        late.cancel()
    }
}

extension OpenChannels.State {
    /// Who waits for the last one, when it has gone.
    fileprivate mutating func takeWaiting() -> CheckedContinuation<Void, Never>? {
        guard channels.isEmpty else { return nil }
        defer { whenEmpty = nil }
        return whenEmpty
    }
}
