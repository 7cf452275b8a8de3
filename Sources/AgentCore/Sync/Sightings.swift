import TokenCore
import TokenStorage

/// What a reading under way has seen: the ledger's books, and who is not as remembered.
struct Sightings: Sendable {
    private(set) var ledger: ReadingLedger
    /// Those of consequence: who stands otherwise than before, and owners whom nobody knew. They are few.
    private(set) var turned: [ReadingLedger.Change] = []
    /// Everybody else who is new or has other labels: up to all of them. nil where nothing will be written.
    let spool: PeopleSpool?
    /// What the spool failed with.
    private(set) var failure: StorageError?
    /// Of tokens, when the reading began.
    let owners: Set<String>

    init(_ ledger: consuming ReadingLedger, owners: Set<String>, spool: PeopleSpool?) {
        self.ledger = ledger
        self.owners = owners
        self.spool = spool
    }

    mutating func see(_ people: [Person]) {
        ledger.see(people)
        var labels: [Person] = []
        for change in ledger.takeChanges() {
            if isOfConsequence(change) { turned.append(change) } else { labels.append(change.person) }
        }
        guard let spool, failure == nil, !labels.isEmpty else { return }
        do { try spool.append(labels) } catch { failure = error }
    }

    private func isOfConsequence(_ change: ReadingLedger.Change) -> Bool {
        guard let was = change.was else { return owners.contains(change.person.id.id) }
        return was != change.person.standing
    }
}
