package import TokenCore

/// What one reading of a source does to the store, once the guard let it pass or somebody approved it.
package struct AcceptedReading: Sendable {
    package var source: String
    package var now: Timestamp
    /// In words, for the audit trail: `sync of corp`.
    package var by: Author
    /// The source as this reading leaves it.
    package var state: SourceState
    /// People who stand otherwise than before, or are otherwise of consequence.
    package var changed: [PersonRecord] = []
    package var removals: [Removal] = []
    /// Who was found by a look-up of their own since the reading began is left alone: it may not know of
    /// them.
    package var found: Set<OwnerID> = []
    /// Lines that are not about removals: those are written as they are done.
    package var events: [AuditEvent] = []

    package init(state: SourceState, now: Timestamp, by: Author) {
        source = state.source
        self.state = state
        self.now = now
        self.by = by
    }
}

/// What was really done of it.
package struct AppliedReading: Hashable, Sendable {
    package var changed = 0
    /// Owners who lost the use of their tokens by this reading.
    package var removed: [Removal] = []
    /// Owners left alone because a look-up has found them since the reading began.
    package var spared: [OwnerID] = []
}
