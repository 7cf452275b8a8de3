import GRDB
package import TokenCore

extension StoreWriter {
    /// Made or replaced.
    package mutating func put(_ person: PersonRecord) throws {
        try db.run(PersonRecord.upserting, person.arguments)
        if try ownsIndexedToken(person.id) { note(.person(person)) }
    }

    /// For those without tokens: whoever forgets an owner says nothing to the index.
    package mutating func forgetPerson(_ id: OwnerID) throws {
        try db.run("DELETE FROM person WHERE source = ? AND id = ?", [id.source, id.id])
    }

    private func ownsIndexedToken(_ id: OwnerID) throws -> Bool {
        try db.exists(
            "SELECT 1 FROM token WHERE owner_source = ? AND owner_id = ? AND ending IS NOT 'purged' LIMIT 1",
            [id.source, id.id])
    }
}
