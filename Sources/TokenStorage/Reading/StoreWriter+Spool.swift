import GRDB
package import TokenCore

extension StoreWriter {
    /// Writes the labels of some of the people that a reading spooled: bookkeeping, a part at a time, before
    /// the reading's own transaction. How long somebody stands so is kept where it does not change.
    package mutating func put(
        _ people: SortedPeople, _ range: Range<Int>, of source: String, at now: Timestamp,
        memberships: [String: [String]]
    ) throws {
        let statements = try PersonStatements(source, at: now, in: db)
        defer { statements.reset() }
        try people.withPeople(range) { people in
            let owners = try ownersOfIndexedTokens(among: people, of: source)
            // Mostly nobody is looked for by their id, and then it need not become a string.
            let isLookedFor = !owners.isEmpty || !memberships.isEmpty
            var rest = people[...]
            while !rest.isEmpty {
                let rows = rest.prefix(PersonStatements.rows(of: rest.count))
                rest = rest.dropFirst(rows.count)
                let ids = isLookedFor ? rows.map { String(decoding: $0.id, as: UTF8.self) } : []
                try statements.put(rows, memberships: memberships.isEmpty ? [] : ids.map { memberships[$0] })
                for id in ids where owners.contains(id) {
                    if let record = try reader.person(OwnerID(source: source, id: id)) {
                        note(.person(record))
                    }
                }
            }
            statements.reset()
        }
    }

    /// Gives back what a large reading left in the cache.
    package mutating func releaseMemory() { db.releaseMemory() }

    /// Whom the index knows. By their ids' span, which is short: the people are in order.
    private func ownersOfIndexedTokens(
        among people: [SpooledPerson], of source: String
    ) throws -> Set<String> {
        let ids = people.map(\.id)
        guard let first = ids.min(by: Self.precedes), let last = ids.max(by: Self.precedes) else { return [] }
        return Set(
            try db.rows(
                """
                SELECT DISTINCT owner_id FROM token INDEXED BY token_owner
                WHERE owner_source = ? AND owner_id BETWEEN ? AND ? AND ending IS NOT 'purged'
                """,
                [source, String(decoding: first, as: UTF8.self), String(decoding: last, as: UTF8.self)]
            ) { $0[0] as String })
    }

    private static func precedes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        a.lexicographicallyPrecedes(b)
    }
}
