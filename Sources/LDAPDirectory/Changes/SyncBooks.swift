import TokenCore

/// Keeps the books of one content synchronisation: what each message means for the set that is handed out.
/// Pure, so that every order of messages can be tried without a server.
struct SyncBooks {
    /// More than that at once is a reading of everybody, which has a better way.
    static let peopleMax = 20_000

    let mapping: EntryMapping
    let dialect: SyncDialect
    private(set) var cookie: [UInt8]
    private(set) var isRefreshing = true
    private var found: [String: Person] = [:]
    private var hints: Set<String> = []
    /// Of the hints, those who are said to be gone.
    private var departures: Set<String> = []
    private(set) var incompleteness: String?

    init(
        mapping: EntryMapping, dialect: SyncDialect, cookie: [UInt8], incompleteness: String? = nil
    ) {
        self.mapping = mapping
        self.dialect = dialect
        self.cookie = cookie
        self.incompleteness = incompleteness
    }

    var isEmpty: Bool { found.isEmpty && hints.isEmpty && incompleteness == nil }

    /// What came in since the last time.
    mutating func take(server: String) -> ChangeSet {
        defer {
            found = [:]
            hints = []
            departures = []
            incompleteness = nil
        }
        var set = ChangeSet(
            upserts: Array(found.values), hints: Array(hints),
            cookie: ChangeCookie(kind: .contentSync, server: server, bytes: cookie),
            incompleteness: incompleteness)
        set.departures = departures
        // 389-ds's cookies are of another form.
        set.progress = OpenLDAPCookie(cookie)?.progress
        return set
    }

    /// Only how far it got: while a first cookie is fetched nobody is read.
    mutating func noteOnlyCookie(_ state: SyncMessage.State) { note(cookie: state.cookie) }

    mutating func note(_ state: SyncMessage.State, _ entry: Entry, now: Timestamp) {
        note(cookie: state.cookie)
        switch state.kind {
        case .present: return
        case .delete: noteDeparture(state.uuid)
        case .add, .modify:
            guard dialect.tellsEntries else { return noteChanged(state.uuid, entry) }
            guard let person = mapping.person(entry, now: now) else {
                return surprise("\(entry.dn) has no readable \(mapping.id.attribute)")
            }
            notePerson(person, uuid: state.uuid)
        }
    }

    private mutating func notePerson(_ person: Person, uuid: [UInt8]) {
        if let told = mapping.id.text(syncUUID: uuid), told != person.id.id {
            surprise("\(person.dn) goes by another id in content sync: \(told)")
        }
        hints.remove(person.id.id)
        departures.remove(person.id.id)
        found[person.id.id] = person
        guard found.count <= Self.peopleMax else {
            found = [:]
            return surprise("more than \(Self.peopleMax) people changed")
        }
    }

    /// Somebody of whom only that is known.
    private mutating func noteChanged(_ uuid: [UInt8], _ entry: Entry) {
        guard let shown = mapping.id.text(of: entry) else { return noteHint(uuid) }
        if let told = mapping.id.text(syncUUID: uuid), told != shown {
            surprise("\(entry.dn) goes by another id in content sync: \(told)")
        }
        noteHint(id: shown)
    }

    mutating func note(_ info: SyncMessage.Info) {
        switch info {
        case .newCookie(let cookie): note(cookie: cookie)
        case .refreshDelete(let cookie, let done):
            note(cookie: cookie)
            if done { isRefreshing = false }
        case .refreshPresent(let cookie, let done):
            note(cookie: cookie)
            notePresentPhase()
            if done { isRefreshing = false }
        case .idSet(let cookie, let refreshDeletes, let uuids):
            note(cookie: cookie)
            // The others are said to be unchanged, which says nothing of those that are not named.
            guard refreshDeletes else { return notePresentPhase() }
            uuids.forEach { noteDeparture($0) }
        }
    }

    /// The result of a refresh. Without refreshDeletes whoever was not named is gone (RFC 4533 3.3.1).
    mutating func note(_ done: SyncMessage.Done) {
        note(cookie: done.cookie)
        if !done.refreshDeletes && !dialect.namesDeletions { notePresentPhase() }
        isRefreshing = false
    }

    mutating func surprise(_ reason: String) { incompleteness = incompleteness ?? reason }

    private mutating func notePresentPhase() {
        surprise(
            "the server no longer knows what was deleted since: it was started anew, or its syncprov has no "
                + "sessionlog, or too short a one")
    }

    /// Empty ones are of no use: they would begin again from the beginning.
    private mutating func note(cookie new: [UInt8]?) {
        if let new, !new.isEmpty { cookie = new }
    }

    private mutating func noteDeparture(_ uuid: [UInt8]) {
        noteHint(uuid)
        if let id = mapping.id.text(syncUUID: uuid), hints.contains(id) { departures.insert(id) }
    }

    private mutating func noteHint(_ uuid: [UInt8]) {
        guard let id = mapping.id.text(syncUUID: uuid) else {
            return surprise("the server names people in another way than by \(mapping.id.attribute)")
        }
        noteHint(id: id)
    }

    private mutating func noteHint(id: String) {
        found[id] = nil
        departures.remove(id)
        hints.insert(id)
        guard hints.count <= Self.peopleMax else {
            (hints, departures) = ([], [])
            return surprise("more than \(Self.peopleMax) people changed or left")
        }
    }
}

extension StableID {
    /// The id that content sync's UUID is, in servers that take it from this attribute: OpenLDAP from
    /// entryUUID (RFC 4533 2.2), 389-ds from nsUniqueId. nil for any other attribute.
    func text(syncUUID uuid: [UInt8]) -> String? {
        guard uuid.count == 16 else { return nil }
        return switch (form, attribute.lowercased()) {
        case (.uuid, "entryuuid"): Hexadecimal.text(uuid, dashBefore: GUID.dashes)
        case (.nsUniqueID, _): Hexadecimal.text(uuid, dashBefore: [4, 8, 12])
        default: nil
        }
    }
}
