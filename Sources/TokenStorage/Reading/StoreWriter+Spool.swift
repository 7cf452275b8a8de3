import GRDB
package import TokenCore

extension StoreWriter {
    /// Writes the labels of some of the people that a reading spooled: bookkeeping, a part at a time, before
    /// the reading's own transaction. How long somebody stands so is kept where it does not change.
    package mutating func put(
        _ people: SortedPeople, _ range: Range<Int>, of source: String, at now: Timestamp,
        memberships: [String: [String]]
    ) throws {
        let statement = try RawStatement(Self.upserting, in: db)
        defer { statement.reset() }
        try statement.bind(copying: source, at: 9)
        try statement.bind(now.milliseconds, at: 11)
        try people.withPeople(range) { people in
            let owners = try ownersOfIndexedTokens(among: people, of: source)
            for person in people {
                let id = String(decoding: person.id, as: UTF8.self)
                for (index, text) in person.texts.enumerated() {
                    try statement.bind(text, at: Int32(index + 1))
                }
                try statement.bind(person.isDisabled ? "disabled" : "present", at: 10)
                if let list = memberships[id] {
                    try statement.bind(copying: TextList.encode(list), at: 12)
                } else {
                    try statement.bind("[]", at: 12)
                }
                try statement.run()
                guard owners.contains(id) else { continue }
                if let record = try reader.person(OwnerID(source: source, id: id)) { note(.person(record)) }
            }
            statement.reset()
        }
    }

    /// Gives back what a large reading left in the cache.
    package mutating func releaseMemory() { db.releaseMemory() }

    private static let upserting = """
        INSERT INTO person (id, login, email, display_name, dn, disabled, login_folded, email_folded,
            source, standing, since, memberships)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        ON CONFLICT (source, id) DO UPDATE SET
            login = excluded.login, email = excluded.email, display_name = excluded.display_name,
            dn = excluded.dn, disabled = excluded.disabled, login_folded = excluded.login_folded,
            email_folded = excluded.email_folded, standing = excluded.standing,
            since = iif(standing = excluded.standing, since, excluded.since), evidence = NULL,
            memberships = excluded.memberships
        """

    /// Whom the index knows. By their ids' span, which is short: the people are in order.
    private func ownersOfIndexedTokens(
        among people: [SpooledPerson], of source: String
    ) throws -> Set<String> {
        let ids = people.map(\.id)
        guard let first = ids.min(by: { $0.lexicographicallyPrecedes($1) }),
            let last = ids.max(by: { $0.lexicographicallyPrecedes($1) })
        else { return [] }
        return Set(
            try db.rows(
                """
                SELECT DISTINCT owner_id FROM token INDEXED BY token_owner
                WHERE owner_source = ? AND owner_id BETWEEN ? AND ? AND ending IS NOT 'purged'
                """,
                [source, String(decoding: first, as: UTF8.self), String(decoding: last, as: UTF8.self)]
            ) { $0[0] as String })
    }
}
