import CLDAP
import Glibc
import TokenCore

/// By the attribute in which a server notes when, or as which change, an entry was last touched: changes and
/// disablings are found so, somebody's absence never is.
extension LDAPSession {
    private static var time: String { "modifyTimestamp" }
    private static var usn: String { "uSNChanged" }

    /// What was changed on another replica comes late, with the time of its change; and entries of one second
    /// need not appear at once. What is told again is a hint again.
    private static var overlap: TimeSpan { .minutes(30) }

    /// The daemon's clock never goes back, so that one that was put right may be ahead of the machine's for
    /// long: nobody is changed in a time to come.
    private var latestStart: Timestamp { min(now(), Timestamp(seconds: Int64(Glibc.time(nil)))) }

    /// From a day ago: it is the server's clock that counts, and nobody knows how far off that is.
    func firstModified(until deadline: Deadline) throws(DirectoryError) -> ChangeSet {
        // A server that cannot compare the attribute answers with success and nobody (RFC 4511 4.5.1.7).
        var request = SearchRequest(
            base: settings.base,
            filter: filter(try mapping(until: deadline)).people(
                matching: "(modifyTimestamp>=19700101000000Z)"),
            attributes: [Self.time])
        request.sizeLimit = 1
        request.withinDomain = profile.staysWithinDomain
        var hasAny = false
        let end = try connection.search(request, until: deadline) { entry throws(DirectoryError) in
            hasAny = hasAny || entry.text(Self.time) != nil
        }
        guard hasAny else {
            let code = end.result.code == LDAP_SUCCESS ? LDAP_INAPPROPRIATE_MATCHING : end.result.code
            throw .refused(server: server, code: code, detail: "modifyTimestamp cannot be searched")
        }
        let start = GeneralizedTime.text(latestStart - .days(1))
        return ChangeSet(
            cookie: ChangeCookie(kind: .modifyTimestamp, server: cookieServer, bytes: Array(start.utf8)))
    }

    func modified(since cookie: [UInt8], until deadline: Deadline) throws(DirectoryError) -> ChangeSet {
        let text = String(decoding: cookie, as: UTF8.self)
        guard let start = GeneralizedTime.timestamp(text) else { throw unreadable(text) }
        let latestStart = latestStart
        // Nothing would be told until then.
        guard start <= latestStart + Self.overlap else {
            return try begin("the cookie is of a time to come: \(text)", until: deadline)
        }
        let filter = "(\(Self.time)>=\(GeneralizedTime.text(start - Self.overlap)))"
        var latest = start
        var set = try touched(filter, reading: Self.time, until: deadline) { value in
            latest = max(latest, GeneralizedTime.timestamp(value) ?? latest)
        }
        set.cookie = ChangeCookie(
            kind: .modifyTimestamp, server: cookieServer,
            bytes: Array(GeneralizedTime.text(min(latest, latestStart)).utf8))
        return set
    }

    func firstUSN(until deadline: Deadline) throws(DirectoryError) -> ChangeSet {
        let position = USNPosition(
            committed: try committedUSN(until: deadline), invocation: try invocation(until: deadline))
        return ChangeSet(cookie: cookie(position))
    }

    private func cookie(_ position: USNPosition) -> ChangeCookie {
        ChangeCookie(kind: .usnChanged, server: cookieServer, bytes: Array(position.text.utf8))
    }

    /// Each domain controller counts for itself.
    private func committedUSN(until deadline: Deadline) throws(DirectoryError) -> Int64 {
        let request = SearchRequest(
            base: "", scope: .base, filter: "(objectClass=*)",
            attributes: ["highestCommittedUSN"])
        let rootDSE = try connection.entries(request, until: deadline).entries.first
        guard let number = rootDSE?.text("highestCommittedUSN").flatMap({ Int64($0) }) else {
            throw .refused(
                server: server, code: LDAP_NO_SUCH_OBJECT, detail: "highestCommittedUSN cannot be read")
        }
        return number
    }

    /// Which life of the controller counts; nil if it cannot be read.
    private func invocation(until deadline: Deadline) throws(DirectoryError) -> String? {
        guard let controller = profile.controller else { return nil }
        let request = SearchRequest(
            base: controller, scope: .base, filter: "(objectClass=*)", attributes: ["invocationId"])
        do {
            let entry = try connection.entries(request, until: deadline).entries.first
            return entry?.onlyValue("invocationId").map { Hexadecimal.text($0) }
        } catch .refused {
            return nil
        }
    }

    func usnChanged(since cookie: [UInt8], until deadline: Deadline) throws(DirectoryError) -> ChangeSet {
        let text = String(decoding: cookie, as: UTF8.self)
        guard let start = USNPosition(text) else { throw unreadable(text) }
        // Before the search: what has a higher number may be committed before what has a lower one, which
        // would be passed over.
        let now = USNPosition(
            committed: try committedUSN(until: deadline),
            invocation: try invocation(until: deadline) ?? start.invocation)
        if let surprise = start.surprise(at: now) { return try begin(surprise, until: deadline) }
        let filter = "(\(Self.usn)>=\(start.committed))"
        var set = try touched(filter, reading: Self.usn, until: deadline) { _ in }
        set.cookie = self.cookie(now)
        return set
    }

    private func unreadable(_ cookie: String) -> DirectoryError {
        .refused(server: server, code: LDAP_PROTOCOL_ERROR, detail: "the cookie \(cookie) is malformed")
    }

    private func touched(
        _ filter: String, reading attribute: String, until deadline: Deadline,
        _ onValue: (String) -> Void
    ) throws(DirectoryError) -> ChangeSet {
        let mapping = try mapping(until: deadline)
        let moment = now()
        var books = Completeness()
        var found: [String: Person] = [:]
        var incompleteness: String?
        let wanted = self.filter(mapping).people(matching: filter)
        _ = try readAll(wanted, mapping.attributes + [attribute], until: deadline, &books) { _, entry in
            entry.text(attribute).map(onValue)
            guard let person = mapping.person(entry, now: moment) else {
                return incompleteness = "\(entry.dn) has no readable \(mapping.id.attribute)"
            }
            found[person.id.id] = person
            guard found.count <= SyncBooks.peopleMax else {
                found = [:]
                return incompleteness = "more than \(SyncBooks.peopleMax) people changed"
            }
        }
        let placeholder = ChangeCookie(kind: .modifyTimestamp, server: cookieServer, bytes: [])
        return ChangeSet(
            upserts: Array(found.values), cookie: placeholder, incompleteness: incompleteness)
    }
}
