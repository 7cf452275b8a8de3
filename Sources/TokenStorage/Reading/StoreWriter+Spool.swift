import GRDB
package import TokenCore

extension StoreWriter {
    /// Writes the labels of some of the people that a reading spooled: bookkeeping, a part at a time, before
    /// the reading's own transaction. How long somebody stands so is kept where it does not change.
    package mutating func put(
        _ people: SortedPeople, _ range: Range<Int>, of source: String, at now: Timestamp,
        memberships: [String: [String]]
    ) throws {
        let inserting = try RawStatement(Self.inserting, in: db)
        let updating = try RawStatement(Self.updating, in: db)
        let statements = [inserting, updating]
        defer { for statement in statements { statement.reset() } }
        for statement in statements {
            try statement.bind(copying: source, at: 9)
            try statement.bind(now.milliseconds, at: 11)
        }
        try people.withPeople(range) { people in
            let owners = try ownersOfIndexedTokens(among: people, of: source)
            // Mostly nobody is looked for by their id, and then it need not become a string.
            let isLookedFor = !owners.isEmpty || !memberships.isEmpty
            for person in people {
                let id = isLookedFor ? String(decoding: person.id, as: UTF8.self) : nil
                for statement in statements {
                    try bind(person, id.flatMap { memberships[$0] }, to: statement)
                    try statement.run()
                    if db.changesCount > 0 { break }
                }
                guard let id, owners.contains(id) else { continue }
                if let record = try reader.person(OwnerID(source: source, id: id)) { note(.person(record)) }
            }
            for statement in statements { statement.reset() }
        }
    }

    private func bind(
        _ person: SpooledPerson, _ memberships: [String]?, to statement: RawStatement
    ) throws {
        var isDisabled = false
        try person.forEachText { place, text in
            if place == SpooledPerson.disabledPlace { isDisabled = text != nil }
            try statement.bind(text, at: place)
        }
        try statement.bind(isDisabled ? "disabled" : "present", at: 10)
        if let memberships {
            try statement.bind(copying: TextList.encode(memberships), at: 12)
        } else {
            try statement.bind("[]", at: 12)
        }
    }

    /// Gives back what a large reading left in the cache.
    package mutating func releaseMemory() { db.releaseMemory() }

    /// Nothing for somebody who is there: of one statement that does both SQLite would copy each page that it
    /// touches, to undo the one half of it.
    private static let inserting = """
        INSERT INTO person (id, login, email, display_name, dn, disabled, login_folded, email_folded,
            source, standing, since, memberships)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        ON CONFLICT (source, id) DO NOTHING
        """

    private static let updating = """
        UPDATE person SET
            login = ?2, email = ?3, display_name = ?4, dn = ?5, disabled = ?6, login_folded = ?7,
            email_folded = ?8, standing = ?10, since = iif(standing = ?10, since, ?11), evidence = NULL,
            memberships = ?12
        WHERE source = ?9 AND id = ?1
        """

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
