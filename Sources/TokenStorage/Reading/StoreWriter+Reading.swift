import GRDB
package import TokenCore

extension StoreWriter {
    /// All of one reading's effects, bookkeeping aside: in one mutation, so that a crash in between is as if
    /// nothing had happened.
    package mutating func apply(_ reading: AcceptedReading) throws -> AppliedReading {
        var applied = AppliedReading()
        for person in reading.changed { try put(person) }
        applied.changed = reading.changed.count
        for removal in reading.removals { try apply(removal, of: reading, to: &applied) }
        for event in reading.events { try append(event) }
        try put(reading.state)
        return applied
    }

    private mutating func apply(
        _ removal: Removal, of reading: AcceptedReading, to applied: inout AppliedReading
    ) throws {
        let owner = removal.owner
        if reading.found.contains(owner) { return applied.spared.append(owner) }
        // Tokens of somebody without a row must be refused as well.
        let unknown = PersonRecord(
            person: Person(id: owner, login: owner.id, dn: ""), standing: .present, since: reading.now)
        var record = try reader.person(owner) ?? unknown
        let standing = removal.evidence.standing
        // Who stood so already keeps the time since when.
        guard record.standing != standing else { return }
        record.standing = standing
        record.since = reading.now
        record.evidence = removal.evidence
        try put(record)
        try append(
            AuditEvent(
                at: reading.now, kind: standing == .gone ? .userGone : .userMissing, owner: owner,
                by: reading.by,
                detail: "\(record.person.login), missing from what was read; \(removal.evidence.account)"))
        applied.removed.append(removal)
    }

    /// Those who were not seen, and have no tokens.
    package mutating func forget(_ ids: some Sequence<String>, of source: String, at now: Timestamp) throws {
        for id in ids { try forgetOrMiss(OwnerID(source: source, id: id), at: now) }
    }

    /// Drops the row of somebody without tokens, which is only bookkeeping. Whoever has left tombstones alone
    /// is kept with them, as missing: what is restored must not come back as if its owner were there.
    ///
    /// Whether the row was dropped.
    @discardableResult
    package mutating func forgetOrMiss(_ id: OwnerID, at now: Timestamp) throws -> Bool {
        try db.run(
            """
            DELETE FROM person WHERE source = ?1 AND id = ?2
            AND NOT EXISTS (SELECT 1 FROM token WHERE owner_source = ?1 AND owner_id = ?2)
            """,
            [id.source, id.id])
        if db.changesCount > 0 { return true }
        guard var record = try reader.person(id), record.standing == .present || record.standing == .disabled,
            try reader.tokenCount(owner: id) == 0
        else { return false }
        record.standing = .missing
        record.since = now
        try put(record)
        return false
    }
}
