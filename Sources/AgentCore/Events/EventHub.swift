import Synchronization
package import TokenCore

/// Tells whoever asked of what is put on record, in the order of commits.
///
/// The latest lines are kept once, for all; each subscription has a place in them and goes on from there when
/// it can. Nobody is waited for: whoever is too slow finds lines gone, and is told how many. Verifying knows
/// nothing of this.
package final class EventHub: Sendable {
    /// How many lines are kept for those who are behind.
    static let keptMax = 16384

    private struct Subscriber {
        var cursor: EventCursor
        /// Called once there is something to take, and not again until all of it was taken.
        let wake: @Sendable () -> Void
        var isAsleep = true
    }

    private struct State {
        var log: EventLog
        var subscribers: [Int: Subscriber] = [:]
        var lastNumber = 0
    }

    private let state: Mutex<State>

    init(keptMax: Int = EventHub.keptMax) {
        state = Mutex(State(log: EventLog(keptMax: keptMax)))
    }

    /// From the store's writer, after each commit.
    func publish(_ lines: [AuditLine]) {
        guard !lines.isEmpty else { return }
        let woken = state.withLock { state in
            for line in lines { state.log.append(line) }
            return Self.wakeUp(&state, Set(lines.map(\.event.kind)))
        }
        for wake in woken { wake() }
    }

    /// Those who sleep and want to know.
    private static func wakeUp(
        _ state: inout State, _ kinds: Set<AuditEvent.Kind>
    ) -> [@Sendable () -> Void] {
        var woken: [@Sendable () -> Void] = []
        for (number, subscriber) in state.subscribers
        where subscriber.isAsleep && !subscriber.cursor.kinds.isDisjoint(with: kinds) {
            state.subscribers[number]?.isAsleep = false
            woken.append(subscriber.wake)
        }
        return woken
    }

    /// Everything that is put on record from now on. `wake` is called on the writer's thread, and must not
    /// wait for anything.
    package func subscribe(
        to kinds: Set<AuditEvent.Kind>, wake: @escaping @Sendable () -> Void
    ) -> EventSubscription {
        let number = state.withLock { state in
            state.lastNumber += 1
            state.subscribers[state.lastNumber] = Subscriber(cursor: state.log.end(for: kinds), wake: wake)
            return state.lastNumber
        }
        return EventSubscription(hub: self, number: number)
    }

    fileprivate func take(_ number: Int, atMost count: Int) -> EventLog.Piece {
        state.withLock { state in
            guard var subscriber = state.subscribers[number] else { return EventLog.Piece() }
            let piece = state.log.read(&subscriber.cursor, atMost: count)
            subscriber.isAsleep = piece.isLast
            state.subscribers[number] = subscriber
            return piece
        }
    }

    fileprivate func end(_ number: Int) {
        state.withLock { $0.subscribers[number] = nil }
    }

    /// How many subscriptions there are.
    package var count: Int { state.withLock { $0.subscribers.count } }
}

/// One subscription: ends when it is let go of.
package final class EventSubscription: Sendable {
    private let hub: EventHub
    private let number: Int

    fileprivate init(hub: EventHub, number: Int) {
        self.hub = hub
        self.number = number
    }

    deinit { hub.end(number) }

    /// What comes next. After a piece that is not the last, there is more to take at once; after the last
    /// one, `wake` tells when.
    package func take(atMost count: Int) -> EventLog.Piece { hub.take(number, atMost: count) }
}
