import Synchronization
import TokenCore

/// What a watch has told and nobody has taken yet: one set, in which the latest word on somebody counts. A
/// reading may keep it waiting for half an hour, so that it has a limit.
final class ChangeQueue: Sendable {
    /// Beyond so many people everybody is read instead.
    static let peopleMax = 5000

    private let waiting = Mutex<ChangeSet?>(nil)
    private let told: AsyncStream<Void>.Continuation
    /// An element for whenever there is something to `take`.
    let arrivals: AsyncStream<Void>

    init() { (arrivals, told) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func put(_ set: ChangeSet) {
        waiting.withLock { waiting in
            guard var before = waiting.take() else { return waiting = set }
            before.add(set)
            waiting = before
            if before.upserts.count + before.hints.count > Self.peopleMax {
                waiting = ChangeSet(
                    cookie: set.cookie,
                    incompleteness: "more than \(Self.peopleMax) people changed before anybody could look")
                waiting?.progress = set.progress
            }
        }
        told.yield()
    }

    /// All that waits.
    func take() -> ChangeSet? { waiting.withLock { $0.take() } }

    func finish() { told.finish() }
}

extension ChangeSet {
    /// What was told after it.
    mutating func add(_ later: ChangeSet) {
        // What is still to be read in full needs no list.
        guard !mustReadFully else {
            (cookie, progress) = (later.cookie, later.progress)
            return
        }
        let named = Set(later.upserts.map(\.id.id) + later.hints)
        upserts = upserts.filter { !named.contains($0.id.id) } + later.upserts
        hints = hints.filter { !named.contains($0) } + later.hints
        departures = departures.subtracting(named).union(later.departures)
        (cookie, progress) = (later.cookie, later.progress)
        incompleteness = later.incompleteness
        if mustReadFully { (upserts, hints, departures) = ([], [], []) }
    }
}
