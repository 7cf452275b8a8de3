package import TokenCore

extension LDAPSession {
    private static var idsMax: Int { 200 }

    package func confirm(_ ids: [String]) -> [String: Presence] {
        var answers: [String: Presence] = [:]
        let asked = Array(Set(ids))
        for start in stride(from: 0, to: asked.count, by: Self.idsMax) {
            let batch = asked[start..<min(start + Self.idsMax, asked.count)]
            let deadline = requestDeadline("confirming")
            do {
                let found = try connection.bounded(by: deadline) { () throws(DirectoryError) in
                    try confirmWithAnyWitness(batch, until: deadline)
                }
                answers.merge(found) { _, new in new }
            } catch {
                for id in batch { answers[id] = .unknown(error) }
            }
        }
        return answers
    }

    /// The witness may have left, and be the very one who is asked about: then another one is asked, once.
    private func confirmWithAnyWitness(
        _ ids: ArraySlice<String>, until deadline: Deadline
    ) throws(DirectoryError) -> [String: Presence] {
        do {
            return try confirm(ids, until: deadline)
        } catch .incomplete where witness == nil {
            return try confirm(ids, until: deadline)
        }
    }

    /// One batch: over the whole naming context first, then the found ones again among the people.
    ///
    /// A server answers success and nobody, too, when rights were taken away or an attribute may be read but
    /// not searched. So each search also asks for a witness, somebody known to be there: only a server that
    /// finds the witness is believed about those it does not find.
    private func confirm(
        _ ids: ArraySlice<String>, until deadline: Deadline
    ) throws(DirectoryError) -> [String: Presence] {
        let mapping = try mapping(until: deadline)
        let witness = try witness(mapping, until: deadline)
        let filter = filter(mapping)
        guard let everywhere = filter.anybody(ids + [witness]) else { return [:] }
        let context = profile.context(of: settings.base)
        let wide = try look(everywhere, under: context, mapping, until: deadline)
        try believe(witness, wide.people)

        // As the directory spells them: where case matters, another spelling is somebody else.
        let found = wide.people.values.flatMap { $0.map(\.id.id) }
        guard let again = filter.anybody(found) else { return [:] }
        let narrow = try look(
            filter.people(matching: again), under: settings.base, mapping, until: deadline)
        try believe(witness, narrow.people)

        var judge = PresenceJudge(
            server: server, mapping: mapping, base: settings.base, everywhere: wide, people: narrow)
        judge.sawWholeContext = profile.knownContext(of: settings.base) != nil
        return Dictionary(uniqueKeysWithValues: ids.map { ($0, judge.presence(of: $0)) })
    }

    func witness(_ mapping: EntryMapping, until deadline: Deadline) throws(DirectoryError) -> String {
        if let witness { return witness }
        guard let entry = try anyone([mapping.id.attribute], until: deadline) else { throw nobody() }
        guard let id = mapping.id.text(of: entry) else {
            throw .incomplete(server: server, reason: "\(entry.dn) has no readable \(mapping.id.attribute)")
        }
        witness = id
        return id
    }

    /// Whoever asks next elects another.
    private func believe(_ witness: String, _ people: [String: [Person]]) throws(DirectoryError) {
        guard people[Person.fold(witness)] == nil else { return }
        self.witness = nil
        throw .incomplete(server: server, reason: "\(witness), who is there, was not found by stable id")
    }

    private func look(
        _ filter: String, under base: String, _ mapping: EntryMapping, until deadline: Deadline
    ) throws(DirectoryError) -> Sighting {
        var request = SearchRequest(base: base, filter: filter, attributes: mapping.attributes)
        request.withinDomain = profile.staysWithinDomain
        let (entries, references) = try connection.entries(request, until: deadline)
        let moment = now()
        if let name = demandedStatus, !entries.isEmpty, entries.allSatisfy({ $0.values(name).isEmpty }) {
            throw unseen(name)
        }
        var sighting = Sighting(references: references)
        for entry in entries {
            guard let person = mapping.person(entry, now: moment) else {
                throw .incomplete(
                    server: server, reason: "\(entry.dn) has no readable \(mapping.id.attribute)")
            }
            sighting.people[Person.fold(person.id.id), default: []].append(person)
        }
        return sighting
    }
}
