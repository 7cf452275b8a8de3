import CLDAP
import TokenCore

extension LDAPSession {
    /// Whether syncprov remembers what was deleted, by cn=config, where the reader may see that; nil where it
    /// may not. Answers tell nothing sound of it: one without deletions also comes of a server that was just
    /// started, or whose log is only too short for this cookie.
    func keepsSessionLog() -> Bool? {
        guard profile.vendor == "OpenLDAP", let context = profile.knownContext(of: settings.base) else {
            return nil
        }
        let deadline = requestDeadline("examining")
        let request = SearchRequest(
            base: "cn=config", filter: SessionLog.filter, attributes: SessionLog.attributes)
        do throws(DirectoryError) {
            let entries = try connection.bounded(by: deadline) { () throws(DirectoryError) in
                try connection.entries(request, until: deadline).entries
            }
            return SessionLog.isKept(for: context, in: entries)
        } catch {
            return nil
        }
    }
}

/// What cn=config says of syncprov's memory (slapo-syncprov(5)): it is kept in memory, by olcSpSessionlog, or
/// in a log of slapo-accesslog(5), by olcSpSessionlogSource.
enum SessionLog {
    static let filter = "(|(objectClass=olcDatabaseConfig)(objectClass=olcSyncProvConfig))"
    static let attributes = ["olcSuffix", "olcOverlay", "olcSpSessionlog", "olcSpSessionlogSource"]

    /// nil unless the database and its syncprov are both among the entries, and can be read.
    static func isKept(for context: String, in entries: [Entry]) -> Bool? {
        let context = DistinguishedName(context)
        let database = entries.first { entry in
            entry.texts("olcSuffix").contains { DistinguishedName($0) == context }
        }
        guard let database, let parent = DistinguishedName(database.dn) else { return nil }
        let overlay = entries.first { entry in
            guard entry.text("olcOverlay")?.hasSuffix("syncprov") == true,
                let name = DistinguishedName(entry.dn)
            else { return false }
            return name.depth == parent.depth + 1 && name.lies(under: parent)
        }
        guard let overlay else { return nil }
        let size = overlay.text("olcSpSessionlog").flatMap { Int($0) } ?? 0
        return size > 0 || !overlay.values("olcSpSessionlogSource").isEmpty
    }
}
