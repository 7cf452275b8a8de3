import CLDAP
import TokenCore

extension LDAPSession {
    /// LDAP_SERVER_SHOW_DELETED_OID ([MS-ADTS] 3.1.1.3.4.1.14).
    private static var showDeleted: String { "1.2.840.113556.1.4.417" }

    private static var isDeleted: String { "isDeleted" }

    /// By which method changes will be told between full readings, and what it leaves out.
    func examineChanges() async -> DirectoryCheck {
        do throws(DirectoryError) {
            let kind = try await changes(since: nil).cookie.kind
            switch kind {
            case .contentSync: return examineSessionLog(kind.method)
            case .dirSync: return try examineDeletions()
            case .usnChanged, .modifyTimestamp:
                return DirectoryCheck(
                    check: "changes", ok: true, detail: "\(kind.method): deletions only by full readings",
                    advice: advice.deletions)
            }
        } catch {
            return DirectoryCheck(
                check: "changes", ok: true, detail: "only by full readings: \(error.description)",
                advice: advice.deletions)
        }
    }

    private func examineSessionLog(_ method: String) -> DirectoryCheck {
        guard keepsSessionLog() == false else {
            return DirectoryCheck(check: "changes", ok: true, detail: method)
        }
        return DirectoryCheck(
            check: "changes", ok: true,
            detail: "\(method), but by cn=config syncprov has no session log: everybody is read whenever "
                + "anything has changed while no connection was open for changes",
            advice: advice.sessionLog)
    }

    /// With LDAP_DIRSYNC_OBJECT_SECURITY the deleted ones are told to whoever may see them, which ordinary
    /// accounts may not: what the container they are moved to has is shown to those alone. (That it is there
    /// Samba shows to everybody.)
    private func examineDeletions() throws(DirectoryError) -> DirectoryCheck {
        let deadline = requestDeadline("examining")
        var request = SearchRequest(
            base: "CN=Deleted Objects,\(profile.context(of: settings.base))", scope: .base,
            filter: "(objectClass=*)", attributes: [Self.isDeleted])
        request.controls = [RequestControl(oid: Self.showDeleted, value: [], hasValue: false)]
        var isVisible = false
        let end = try connection.bounded(by: deadline) { () throws(DirectoryError) in
            try connection.search(request, until: deadline) { entry throws(DirectoryError) in
                isVisible = !entry.values(Self.isDeleted).isEmpty
            }
        }
        guard !isVisible else {
            return DirectoryCheck(check: "changes", ok: true, detail: "DirSync, deletions included")
        }
        return DirectoryCheck(
            check: "changes", ok: true,
            detail: "DirSync, but deleted objects cannot be seen (\(end.result.code))",
            advice: advice.deletions)
    }
}
