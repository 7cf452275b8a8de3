import GRDB
import TokenCore

/// Who is there, and what they are members of. Roles rest on that, and the trail does not tell all of it:
/// not of people without tokens, nor of memberships.
extension Restoration {
    /// After the tokens.
    mutating func carryPeople(_ writer: inout StoreWriter) throws {
        // Never the backup's: they count at once, also while no directory can be read.
        try writer.db.run("UPDATE person SET memberships = ? WHERE memberships <> ?1", [TextList.encode([])])
        if present.tellsPeople { try carryRows(&writer) }
        try carryStandings(&writer)
    }

    /// People as the database in place has them, whoever has left it since among them.
    private func carryRows(_ writer: inout StoreWriter) throws {
        let db = writer.db
        let departed = try present.read { reader in
            let departed = try reader.lacks(of: db)
            try reader.db.forEach("SELECT \(PersonRecord.columns) FROM person p") { row in
                let record = try PersonRecord(row: row)
                guard try StoreReader(db: db).person(record.id) != record else { return }
                try db.run(PersonRecord.upserting, record.arguments)
            }
            return departed
        }
        for owner in departed { try writer.forgetOrMiss(owner, at: options.now) }
    }

    /// As the lines of the trail tell it, which also prove themselves where rows do not.
    private mutating func carryStandings(_ writer: inout StoreWriter) throws {
        var last: [OwnerID: AuditEvent] = [:]
        for event in present.trail where Standing(event.kind) != nil {
            if let owner = event.owner { last[owner] = event }
        }
        for (owner, event) in last.sorted(by: { $0.key < $1.key }) {
            guard let standing = Standing(event.kind) else { continue }
            report.people += 1
            let restored = try writer.reader.person(owner)
            // Whoever has lost their last token since has no lines any more, and a row that is the later
            // word.
            if present.tellsPeople, let restored, restored.standing != .present { continue }
            let unknown = PersonRecord(
                person: Person(id: owner, login: owner.id, dn: ""), standing: .present, since: event.at)
            var record = present.people[owner] ?? restored ?? unknown
            if !present.tellsPeople { record.memberships = [] }
            if record.standing != standing {
                record.standing = standing
                record.since = event.at
                record.evidence = Evidence(accountOf: event.detail)
            }
            try writer.put(record)
        }
    }
}

extension StoreReader {
    /// The people of `other` who are not in this database.
    fileprivate func lacks(of other: Database) throws -> [OwnerID] {
        var missing: [OwnerID] = []
        try other.forEach("SELECT source, id FROM person") { row in
            let owner = row.owner(0, 1)
            if try person(owner) == nil { missing.append(owner) }
        }
        return missing
    }
}
