import CLDAP
import TokenCore

/// Active Directory and Samba ([MS-ADTS] 3.1.1.3.4.1.3). A delta holds only what changed of an object, so
/// that all it is good for is *who* changed: everybody in it is a hint.
extension LDAPSession {
    private static var control: String { "1.2.840.113556.1.4.841" }
    /// LDAP_DIRSYNC_OBJECT_SECURITY: as much as the agent may see, and no special right.
    private static var flags: Int { 0x1 }
    private static var octetsMax: Int { 1 << 20 }

    func firstDirSync(until deadline: Deadline) throws(DirectoryError) -> ChangeSet {
        var first = try dirSync(since: [], until: deadline)
        first.hints = []
        return first
    }

    func dirSync(since cookie: [UInt8], until deadline: Deadline) throws(DirectoryError) -> ChangeSet {
        let mapping = try mapping(until: deadline)
        let (id, attributes) = (mapping.id, try dirSyncAttributes(mapping))
        var position = cookie
        var hints: Set<String> = []
        var incompleteness: String?
        while true {
            let end = try connection.search(dirSyncRequest(position, attributes), until: deadline) {
                entry throws(DirectoryError) in
                // objectGUID is in every delta; another attribute only if it changed.
                guard let text = id.text(of: entry) else {
                    return incompleteness = incompleteness ?? "\(entry.dn) changed, without \(id.attribute)"
                }
                hints.insert(text)
                guard hints.count <= SyncBooks.peopleMax else {
                    hints = []
                    return incompleteness = "more than \(SyncBooks.peopleMax) objects changed"
                }
            }
            guard end.result.code == LDAP_SUCCESS else { throw connection.refusal(end.result) }
            guard let value = end.result.controls[Self.control] else {
                throw .refused(
                    server: server, code: LDAP_UNAVAILABLE_CRITICAL_EXTENSION,
                    detail: "DirSync was not honoured")
            }
            let answer = try dirSyncAnswer(value)
            position = answer.cookie
            guard answer.hasMore else { break }
        }
        return ChangeSet(
            hints: Array(hints), cookie: ChangeCookie(kind: .dirSync, server: cookieServer, bytes: position),
            incompleteness: incompleteness)
    }

    /// An object is in a delta only if one of these changed: what a person is made of, what decides who is
    /// one, `name` for moves, `isDeleted` for deletions.
    private func dirSyncAttributes(_ mapping: EntryMapping) throws(DirectoryError) -> [String] {
        let decisive = try Filter.parse(settings.filter).attributes
        return EntryMapping.unique(mapping.attributes + decisive + ["name", "isDeleted"])
    }

    /// Over the whole naming context, as DirSync demands, and over everything in it: whoever no longer
    /// matches a filter would not be told of.
    private func dirSyncRequest(_ cookie: [UInt8], _ attributes: [String]) -> SearchRequest {
        var request = SearchRequest(
            base: profile.context(of: settings.base), filter: "(objectClass=*)", attributes: attributes)
        request.controls = [
            RequestControl(
                oid: Self.control,
                value: BERWriter.element(
                    BERTag.sequence,
                    BERWriter.integer(Self.flags) + BERWriter.integer(Self.octetsMax)
                        + BERWriter.element(BERTag.octetString, cookie)))
        ]
        return request
    }

    private func dirSyncAnswer(
        _ value: [UInt8]
    ) throws(DirectoryError) -> (hasMore: Bool, cookie: [UInt8]) {
        do throws(BERReader.Malformed) {
            let answer = try DirSyncAnswer(value)
            guard !answer.cookie.isEmpty else { throw BERReader.Malformed(reason: "the cookie is empty") }
            return (answer.hasMore, answer.cookie)
        } catch {
            throw .incomplete(server: server, reason: "DirSync's answer is malformed: \(error.reason)")
        }
    }
}

/// The control that DirSync answers with ([MS-ADTS] 3.1.1.3.4.1.3).
struct DirSyncAnswer: Hashable, Sendable {
    let hasMore: Bool
    let cookie: [UInt8]

    init(_ octets: [UInt8]) throws(BERReader.Malformed) {
        var whole = BERReader(octets)
        var reader = try whole.constructed(BERTag.sequence)
        hasMore = try reader.integer() != 0
        _ = try reader.integer()
        cookie = try reader.octets()
    }
}
