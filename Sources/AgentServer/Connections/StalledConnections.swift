import NIOCore
import Synchronization

/// The connections whose answers are not read, from the one that has been so for the longest.
///
/// What is not read is memory of the daemon's. So many may have some of it at a time; one more costs the
/// first of them its connection. Who reads stays here for moments, and is never the first.
final class StalledConnections: Sendable {
    private let max: Int
    private let channels = Mutex<[any Channel]>([])

    init(max: Int) { self.max = max }

    func add(_ channel: any Channel) {
        let first = channels.withLock { channels -> (any Channel)? in
            channels.append(channel)
            return channels.count > max ? channels.removeFirst() : nil
        }
        first?.close(promise: nil)
    }

    func remove(_ channel: any Channel) {
        channels.withLock { $0.removeAll { $0 === channel } }
    }
}
