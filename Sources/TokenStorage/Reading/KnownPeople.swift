import Synchronization
package import TokenCore

/// What a source's people were when a reading begins.
package struct KnownPeople: Sendable {
    package var ledger: ReadingLedger
    /// Of those who have any, by id.
    package var memberships: [String: [String]] = [:]
    /// How far each of two readers came, from the first id on and from the last one back.
    private var reached: [String?] = [nil, nil]

    init(_ ledger: consuming ReadingLedger) { self.ledger = ledger }

    /// False once the two readers have met. Where they overlap, people are entered twice, which is as once.
    mutating func add(_ group: KnownGroup, from end: End) -> Bool {
        for entry in group.entries {
            ledger.remember(entry.id, labels: entry.labels, standing: entry.standing)
        }
        memberships.merge(group.memberships) { $1 }
        if let last = group.last { reached[end.rawValue] = last }
        guard let low = reached[0], let high = reached[1] else { return true }
        return low.utf8.lexicographicallyPrecedes(high.utf8)
    }

    enum End: Int {
        case first, last

        var order: String { self == .first ? "ASC" : "DESC" }
    }
}

/// Some people in a row, as a ledger wants them: digests of their ids and labels.
struct KnownGroup {
    static let countMax = 1024

    var entries: [(id: UInt64, labels: UInt64, standing: Standing)] = []
    var memberships: [String: [String]] = [:]
    /// The id of the last one, of a group that is full.
    var last: String?

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        memberships.removeAll()
        last = nil
    }
}

extension TokenStore {
    /// Enters everybody of a source into the books of a reading that is about to begin, when there is nothing
    /// else to do: two readers go through them from both ends until they meet.
    package func known(
        _ source: String, in ledger: consuming ReadingLedger
    ) async throws -> KnownPeople {
        let books = Books(consume ledger)
        async let last: Void = enter(source, from: .last, into: books)
        try await enter(source, from: .first, into: books)
        try await last
        return books.take()
    }

    private func enter(_ source: String, from end: KnownPeople.End, into books: Books) async throws {
        try await read { try $0.forEachGroup(ofPeopleIn: source, from: end) { books.add($0, from: end) } }
    }

    private final class Books: Sendable {
        private let known: Mutex<KnownPeople>

        init(_ ledger: consuming ReadingLedger) { known = Mutex(KnownPeople(consume ledger)) }

        func add(_ group: KnownGroup, from end: KnownPeople.End) -> Bool {
            known.withLock { $0.add(group, from: end) }
        }

        /// Leaves nothing behind: there is to be one copy of a million entries.
        func take() -> KnownPeople {
            known.withLock { known in
                defer { known = KnownPeople(ReadingLedger()) }
                return known
            }
        }
    }
}
