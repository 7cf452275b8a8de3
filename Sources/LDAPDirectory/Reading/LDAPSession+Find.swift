package import TokenCore

extension LDAPSession {
    package func find(_ key: PersonKey) throws(DirectoryError) -> [Person] {
        let deadline = requestDeadline("looking somebody up")
        return try connection.bounded(by: deadline) { () throws(DirectoryError) in
            try find(key, until: deadline)
        }
    }

    /// Whoever has this login; only if nobody has, whoever has this e-mail address. In just this spelling.
    func find(loginOrEmail text: String, until deadline: Deadline) throws(DirectoryError) -> [Person] {
        try connection.bounded(by: deadline) { () throws(DirectoryError) in
            let named = try find(.login(text), spelt: text, until: deadline)
            return named.isEmpty ? try find(.email(text), spelt: text, until: deadline) : named
        }
    }

    private func find(
        _ key: PersonKey, spelt spelling: String? = nil, until deadline: Deadline
    ) throws(DirectoryError) -> [Person] {
        let mapping = try mapping(until: deadline)
        guard let filter = filter(mapping).people(key) else { return [] }
        var request = SearchRequest(base: settings.base, filter: filter, attributes: mapping.attributes)
        request.withinDomain = profile.staysWithinDomain
        let (entries, references) = try connection.entries(request, until: deadline)
        guard !entries.isEmpty || references == 0 else {
            throw .incomplete(
                server: server, reason: "part of the directory is on servers that were not asked")
        }
        if let spelling, !entries.allSatisfy({ mapping.isSpelt(spelling, in: $0) }) { return [] }
        let moment = now()
        var people: [Person] = []
        for entry in entries {
            guard let person = mapping.person(entry, now: moment) else {
                throw .incomplete(
                    server: server, reason: "\(entry.dn) has no readable \(mapping.id.attribute)")
            }
            people.append(person)
        }
        return people
    }
}
