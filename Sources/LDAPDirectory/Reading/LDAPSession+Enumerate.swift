import CLDAP
import Glibc
package import TokenCore

extension LDAPSession {
    package func enumerate(
        _ onBatch: @escaping @Sendable ([Person]) -> Void
    ) throws(DirectoryError) -> Enumeration {
        yieldToOthers()
        let deadline = Deadline(after: settings.timing.deadline, phase: "enumeration")
        return try connection.bounded(by: deadline) { () throws(DirectoryError) in
            try enumerate(until: deadline, onBatch)
        }
    }

    private func enumerate(
        until deadline: Deadline, _ onBatch: ([Person]) -> Void
    ) throws(DirectoryError) -> Enumeration {
        let mapping = try mapping(until: deadline)
        let moment = now()
        var books = Completeness()
        var batch: [Person] = []
        // What was seen is alive, also when the reading fails later.
        defer { if !batch.isEmpty { onBatch(batch) } }
        var missing = demandedStatus
        let pages = try readAll(settings.filter, mapping.attributes, until: deadline, &books) {
            books, entry in
            guard let person = mapping.person(entry, now: moment) else {
                return books.noteWithoutID(dn: entry.dn)
            }
            if let name = missing, !entry.values(name).isEmpty { missing = nil }
            guard books.note(person) else { return }
            batch.append(person)
            if batch.count >= Self.batchMax {
                onBatch(batch)
                batch.removeAll(keepingCapacity: true)
            }
        }
        try books.finish(server: server, id: mapping.id)
        if let missing { throw unseen(missing) }
        witness = batch.last?.id.id ?? witness
        return Enumeration(
            people: books.people, pages: pages.count, method: pages.isPaged ? "paged" : "unpaged")
    }

    /// Reading everybody keeps a core busy, and whoever has a token verified must not wait for it. Of this
    /// thread alone (setpriority(2), NOTES); where it is not allowed, nothing is lost.
    private func yieldToOthers() { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }

    private static var batchMax: Int { 500 }

    package func shows(_ attribute: String) throws(DirectoryError) -> Bool {
        try Filter.check("(\(attribute)=*)")
        let deadline = Deadline(after: settings.timing.deadline, phase: "looking for \(attribute)")
        return try connection.bounded(by: deadline) { () throws(DirectoryError) in
            var request = SearchRequest(
                base: settings.base, filter: "(&\(settings.filter)(\(attribute)=*))", attributes: [attribute])
            request.sizeLimit = 1
            request.withinDomain = profile.staysWithinDomain
            var isThere = false
            let end = try connection.search(request, until: deadline) { entry throws(DirectoryError) in
                isThere = isThere || !entry.values(attribute).isEmpty
            }
            guard [LDAP_SUCCESS, LDAP_SIZELIMIT_EXCEEDED].contains(end.result.code) else {
                throw connection.refusal(end.result)
            }
            return isThere
        }
    }

    package func members(of filter: String) throws(DirectoryError) -> Set<String> {
        try Filter.check(filter)
        let deadline = Deadline(after: settings.timing.deadline, phase: "reading a role's members")
        return try connection.bounded(by: deadline) { () throws(DirectoryError) in
            let mapping = try mapping(until: deadline)
            let wanted = self.filter(mapping).people(matching: filter)
            var books = Completeness()
            var ids: Set<String> = []
            _ = try readAll(wanted, [mapping.id.attribute], until: deadline, &books) { books, entry in
                guard let id = mapping.id.text(of: entry) else { return books.noteWithoutID(dn: entry.dn) }
                ids.insert(id)
            }
            try books.finish(server: server, id: mapping.id, mayBeEmpty: true)
            return ids
        }
    }

    /// What fits into a socket's buffer, more or less: while more are looked at, the server has to wait.
    private static var laterMax: Int { 500 }

    /// Every page of a search under the base: success on each, and an empty cookie at the end.
    func readAll(
        _ filter: String, _ attributes: [String], until deadline: Deadline, _ books: inout Completeness,
        _ onEntry: (inout Completeness, Entry) -> Void
    ) throws(DirectoryError) -> (count: Int, isPaged: Bool) {
        var request = SearchRequest(base: settings.base, filter: filter, attributes: attributes)
        request.withinDomain = profile.staysWithinDomain
        // Nobody knows what a server offers that hides its rootDSE: ask, and see whether it pages.
        if settings.pageSize > 0 && (profile.pages || !profile.isReadable) {
            request.page = .init(size: settings.pageSize, isCritical: profile.pages)
        }
        var count = 0
        // The end of the last page: looked at while the server makes the next. What was seen counts, whatever
        // fails.
        var waiting: [Entry] = []
        let atOnce = max(0, Int(settings.pageSize) - Self.laterMax)
        var total = 0
        defer { for entry in waiting { onEntry(&books, entry) } }
        while true {
            var met = 0
            let end = try readPage(request, count + 1, until: deadline) {
                for entry in waiting { onEntry(&books, entry) }
                waiting.removeAll(keepingCapacity: true)
            } onEntry: { entry throws(DirectoryError) in
                met += 1
                total += 1
                guard total <= settings.entriesMax else { throw endless() }
                // A server that does not page sends all at once.
                let isLate = met > atOnce && waiting.count < Self.laterMax
                if isLate { waiting.append(entry) } else { onEntry(&books, entry) }
            }
            guard end.result.code == LDAP_SUCCESS else { throw connection.refusal(end.result) }
            count += 1
            books.noteReferences(end.references)
            guard let page = request.page else { return (count, false) }
            guard let cookie = end.result.cookie else {
                if count == 1 && !page.isCritical { return (count, false) }
                throw .incomplete(server: server, reason: "page \(count) came without a cookie")
            }
            guard !cookie.isEmpty else { return (count, true) }
            request.page?.cookie = cookie
        }
    }

    private func endless() -> DirectoryError {
        .incomplete(server: server, reason: "it sends more than \(settings.entriesMax) entries")
    }

    /// A page has a deadline of its own: whoever falls silent in the middle is not waited for until the whole
    /// reading's time is over. An answer without pages is the whole reading.
    private func readPage(
        _ request: SearchRequest, _ number: Int, until deadline: Deadline, meanwhile: () -> Void,
        onEntry: (Entry) throws(DirectoryError) -> Void
    ) throws(DirectoryError) -> SearchEnd {
        let paged = Deadline(after: settings.timing.page, phase: "\(deadline.phase), page \(number)")
        let limit = request.page == nil ? deadline : deadline.sooner(paged)
        return try connection.bounded(by: limit) { () throws(DirectoryError) in
            try connection.search(request, until: limit, meanwhile: meanwhile, onEntry)
        }
    }
}
