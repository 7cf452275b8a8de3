import AgentCore
import AgentProtocol
import Synchronization

/// A subscription, and what its connection calls it.
struct NumberedSubscription: Sendable {
    let id: String
    let subscription: EventSubscription
}

/// What the requests of one line subscribe to. Kept here until the line's answer is out: nobody hears of
/// events of a subscription that they do not know of yet.
final class Subscribing: Sendable {
    private let numbers: SubscriptionNumbers
    private let wake: @Sendable () -> Void
    private let made = Mutex<[NumberedSubscription]>([])

    init(_ numbers: SubscriptionNumbers, wake: @escaping @Sendable () -> Void) {
        self.numbers = numbers
        self.wake = wake
    }

    /// Its id.
    func add(
        _ subscribe: (_ wake: @escaping @Sendable () -> Void) -> EventSubscription
    ) throws(AgentError) -> String {
        guard let number = numbers.next() else {
            throw .limitExceeded("a connection has \(Limits.subscriptionsMax) subscriptions at most")
        }
        let subscription = NumberedSubscription(id: "\(number)", subscription: subscribe(wake))
        made.withLock { $0.append(subscription) }
        return subscription.id
    }

    func take() -> [NumberedSubscription] {
        made.withLock { made in
            defer { made = [] }
            return made
        }
    }
}

/// Numbers the subscriptions of one connection, which last as long as it does.
final class SubscriptionNumbers: Sendable {
    private let last = Mutex(0)

    /// nil when it has as many as it may have.
    func next() -> Int? {
        last.withLock { last in
            guard last < Limits.subscriptionsMax else { return nil }
            last += 1
            return last
        }
    }
}
