import TokenCore

/// Who one search by stable id found, by folded id: servers compare ids without letter case.
struct Sighting: Sendable {
    var people: [String: [Person]] = [:]
    var references = 0
}

/// What two searches by stable id say about one person. Pure, so that a server and a file are judged alike.
struct PresenceJudge: Sendable {
    let server: String
    let mapping: EntryMapping
    let base: String
    /// Over the whole naming context, without the user filter.
    let everywhere: Sighting
    /// Under the base, with it.
    let people: Sighting
    /// Whether it is known that `everywhere` was.
    var sawWholeContext = true

    func presence(of id: String) -> Presence {
        let key = Person.fold(id)
        if var person = people.people[key]?.first {
            // As it was asked, should the server spell it in other letter case by now.
            person.id = OwnerID(source: mapping.source, id: id)
            return .present(person)
        }
        if let person = everywhere.people[key]?.first {
            return liesUnderBase(person.dn) ? .notEligible(dn: person.dn) : .moved(dn: person.dn)
        }
        guard mapping.id.assertion(id) != nil else {
            return .unknown(
                .misconfigured(detail: "\(id) cannot be an \(mapping.id.attribute): was id changed?"))
        }
        guard sawWholeContext else {
            return .unknown(
                .incomplete(
                    server: server,
                    reason:
                        "its rootDSE does not show the naming context, and nobody can tell who moved from "
                        + "who left: let the bind DN read the rootDSE"))
        }
        guard everywhere.references == 0 else {
            return .unknown(
                .incomplete(
                    server: server,
                    reason:
                        "something in its naming context refers to another server, and nobody can tell who "
                        + "moved there from who left")
            )
        }
        return .deleted
    }

    private func liesUnderBase(_ dn: String) -> Bool {
        guard let name = DistinguishedName(dn), let base = DistinguishedName(base) else { return false }
        return name.lies(under: base)
    }
}
