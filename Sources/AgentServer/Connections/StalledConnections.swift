import NIOCore
import Synchronization

/// The connections whose answers or events are not read, from the one that has been so for the longest.
///
/// What is not read is memory of the daemon's. So many may have some of it at a time; one more costs the
/// first of them its connection. Who reads stays here for moments, and is never the first.
final class StalledConnections: Sendable {
    /// What a connection does not read. It may be both.
    enum Unread: Sendable { case answers, events }

    private let max: Int
    private let channels = Mutex<[(channel: any Channel, unread: Unread)]>([])

    init(max: Int) { self.max = max }

    func add(_ channel: any Channel, _ unread: Unread) {
        let first = channels.withLock { channels -> (any Channel)? in
            channels.append((channel, unread))
            return channels.count > max ? channels.removeFirst().channel : nil
        }
        first?.close(promise: nil)
    }

    func remove(_ channel: any Channel, _ unread: Unread) {
        channels.withLock { $0.removeAll { $0.channel === channel && $0.unread == unread } }
    }
}
