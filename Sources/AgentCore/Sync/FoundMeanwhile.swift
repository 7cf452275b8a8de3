import Synchronization
import TokenCore

/// Whom questions for single people have found since the reading under way of their source began. It may have
/// been past them by then, or read another server, so it leaves them to the next one.
///
/// By the order of events, not by times, which a clock may be wrong about; and by the directory's word alone,
/// as the times of tokens are in their owners' hands. In memory, since no reading outlives the daemon.
final class FoundMeanwhile: Sendable {
    /// By source; only of those that are being read.
    private let found = Mutex<[String: Set<OwnerID>]>([:])

    /// A reading of the source begins. There is one at a time.
    func begin(_ source: String) { found.withLock { $0[source] = [] } }

    func end(_ source: String) { found.withLock { $0[source] = nil } }

    func note(_ owner: OwnerID) { found.withLock { _ = $0[owner.source]?.insert(owner) } }

    func of(_ source: String) -> Set<OwnerID> { found.withLock { $0[source] ?? [] } }
}
