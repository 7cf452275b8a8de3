package import TokenCore

/// One reading of one LDIF file: its octets are read once, so that nothing changes in between.
package actor LDIFSession: DirectorySession {
    package nonisolated let server: String
    private let settings: LDIFSettings
    private let now: @Sendable () -> Timestamp
    private let entries: [Entry]
    private let mapping: EntryMapping
    private let filter: Filter
    private let base: DistinguishedName?
    private var isClosed = false

    init(
        _ settings: LDIFSettings, octets: [UInt8], now: @escaping @Sendable () -> Timestamp
    ) throws(DirectoryError) {
        self.settings = settings
        self.now = now
        server = "file://" + settings.path
        do {
            entries = try LDIFParser.parse(octets)
        } catch {
            throw .incomplete(server: server, reason: "line \(error.line): \(error.reason)")
        }
        filter = try Self.filter(settings.filter)
        base = try settings.base.map { text throws(DirectoryError) in
            guard let name = DistinguishedName(text) else {
                throw .misconfigured(detail: "base \(text) is not a distinguished name")
            }
            return name
        }
        let (filter, base) = (filter, base)
        let people = entries.lazy.filter { Self.isPerson($0, filter, base) }
        mapping = EntryMapping(
            source: settings.name, id: try Self.stableID(settings, people.first, server),
            labels: settings.attributes, disabled: settings.disabled)
    }

    package func close() { isClosed = true }

    /// Asynchronous only in name: otherwise callers that know this type would get the contract's default.
    package func idAttribute() async throws(DirectoryError) -> IDAttribute? {
        IDAttribute(mapping.id.attribute, isAutomatic: Self.hasAutomaticID(settings))
    }

    package func enumerate(
        _ onBatch: @escaping @Sendable ([Person]) -> Void
    ) throws(DirectoryError) -> Enumeration {
        var books = Completeness()
        var people: [Person] = []
        let moment = now()
        for entry in try everybody() {
            guard let person = mapping.person(entry, now: moment) else {
                books.noteWithoutID(dn: entry.dn)
                continue
            }
            if books.note(person) { people.append(person) }
        }
        if !people.isEmpty { onBatch(people) }
        try books.finish(server: server, id: mapping.id)
        return Enumeration(people: books.people, pages: 1, method: "file")
    }

    package func confirm(_ ids: [String]) -> [String: Presence] {
        do throws(DirectoryError) {
            // The whole file is in memory, so that there is no witness to ask for; but somebody must be
            // there.
            let people = try sighting(among: everybody())
            guard !people.people.isEmpty else {
                throw .incomplete(server: server, reason: "it holds nobody")
            }
            let judge = PresenceJudge(
                server: server, mapping: mapping, base: settings.base ?? "",
                everywhere: try sighting(among: entries), people: people)
            return Dictionary(
                ids.map { ($0, judge.presence(of: $0)) }, uniquingKeysWith: { first, _ in first })
        } catch {
            return Dictionary(ids.map { ($0, .unknown(error)) }, uniquingKeysWith: { first, _ in first })
        }
    }

    package func find(_ key: PersonKey) throws(DirectoryError) -> [Person] { try find(key, spelt: nil) }

    /// With `spelling`, nobody if it is not how their login or e-mail address is spelt.
    func find(_ key: PersonKey, spelt spelling: String?) throws(DirectoryError) -> [Person] {
        let query = PersonFilter(people: settings.filter, id: mapping.id, labels: settings.attributes)
        let everybody = try everybody()
        guard let text = query.people(key) else { return [] }
        let wanted = try Self.filter(text)
        let found = everybody.filter(wanted.matches)
        if let spelling, !found.allSatisfy({ mapping.isSpelt(spelling, in: $0) }) { return [] }
        return try people(found, at: now())
    }

    package func members(of filter: String) throws(DirectoryError) -> Set<String> {
        let wanted = try Self.filter(filter)
        return Set(try people(everybody().filter(wanted.matches), at: now()).map(\.id.id))
    }

    package func shows(_ attribute: String) throws(DirectoryError) -> Bool {
        try everybody().contains { !$0.values(attribute).isEmpty }
    }

    /// The passwords the file holds for somebody. Out of reach of logs: see `StoredPassword`.
    package func passwords(of id: String) throws(DirectoryError) -> [StoredPassword] {
        try everybody().filter { mapping.id.text(of: $0) == id }
            .flatMap { $0.values("userPassword") }.map(StoredPassword.init)
    }
}

extension LDIFSession {
    private func everybody() throws(DirectoryError) -> [Entry] {
        guard !isClosed else { throw .unreachable(server: server, code: -1, detail: "the session is closed") }
        return entries.filter { Self.isPerson($0, filter, base) }
    }

    private func people(_ entries: [Entry], at moment: Timestamp) throws(DirectoryError) -> [Person] {
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

    /// Containers have no id, and need none; among the people everybody does.
    private func sighting(among entries: [Entry]) throws(DirectoryError) -> Sighting {
        let moment = now()
        var sighting = Sighting()
        for person in entries.compactMap({ mapping.person($0, now: moment) }) {
            sighting.people[Person.fold(person.id.id), default: []].append(person)
        }
        return sighting
    }

    private static func isPerson(_ entry: Entry, _ filter: Filter, _ base: DistinguishedName?) -> Bool {
        if let base {
            guard let name = DistinguishedName(entry.dn), name.lies(under: base) else { return false }
        }
        return filter.matches(entry)
    }

    private static func filter(_ text: String) throws(DirectoryError) -> Filter {
        let filter = try Filter.parse(text)
        guard !filter.isExtensible else {
            throw .misconfigured(
                detail: "the filter \(text) has a matching rule, which a file cannot evaluate")
        }
        return filter
    }

    private static func hasAutomaticID(_ settings: LDIFSettings) -> Bool {
        settings.attributes.id.lowercased() == PersonAttributes.automaticID
    }

    private static func stableID(
        _ settings: LDIFSettings, _ person: Entry?, _ server: String
    ) throws(DirectoryError) -> StableID {
        guard hasAutomaticID(settings) else { return StableID(attribute: settings.attributes.id) }
        guard let person else {
            throw .incomplete(server: server, reason: "it holds nobody that the filter matches")
        }
        guard let id = StableID.offered(by: person) else {
            throw .incomplete(
                server: server, reason: "\(person.dn) has no stable id such as entryUUID: set id")
        }
        return id
    }
}
