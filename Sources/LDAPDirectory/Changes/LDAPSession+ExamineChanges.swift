import CLDAP
import TokenCore

extension LDAPSession {
    /// LDAP_SERVER_SHOW_DELETED_OID ([MS-ADTS] 3.1.1.3.4.1.14).
    private static var showDeleted: String { "1.2.840.113556.1.4.417" }

    /// By which method changes will be told between full readings, and what it leaves out.
    func examineChanges() async -> DirectoryCheck {
        do throws(DirectoryError) {
            let kind = try await changes(since: nil).cookie.kind
            switch kind {
            case .contentSync: return DirectoryCheck(check: "changes", ok: true, detail: kind.method)
            case .dirSync: return try examineDeletions()
            case .usnChanged, .modifyTimestamp:
                return DirectoryCheck(
                    check: "changes", ok: true, detail: "\(kind.method): deletions only by full readings",
                    advice:
                        "turn on overlay syncprov with syncprov-sessionlog (OpenLDAP), the Retro Changelog "
                        + "and Content Synchronization plug-ins (389-ds), or let the bind DN use DirSync "
                        + "(Active Directory)"
                )
            }
        } catch {
            return DirectoryCheck(
                check: "changes", ok: true, detail: "only by full readings: \(error.description)")
        }
    }

    /// With LDAP_DIRSYNC_OBJECT_SECURITY the deleted ones are told to whoever may see them, which ordinary
    /// accounts may not. That none is seen may also mean that there is none.
    private func examineDeletions() throws(DirectoryError) -> DirectoryCheck {
        let deadline = requestDeadline("examining")
        let container = "CN=Deleted Objects,\(profile.context(of: settings.base))"
        var request = SearchRequest(base: container, filter: "(isDeleted=TRUE)", attributes: ["1.1"])
        request.controls = [RequestControl(oid: Self.showDeleted, value: [], hasValue: false)]
        request.sizeLimit = 2
        var seen = 0
        let end = try connection.bounded(by: deadline) { () throws(DirectoryError) in
            try connection.search(request, until: deadline) { entry throws(DirectoryError) in
                // The container says of itself that it is deleted, too.
                if entry.dn.contains("DEL:") { seen += 1 }
            }
        }
        guard seen == 0 else {
            return DirectoryCheck(check: "changes", ok: true, detail: "DirSync, deletions included")
        }
        return DirectoryCheck(
            check: "changes", ok: true,
            detail: "DirSync, but no deleted object can be seen (\(end.result.code))",
            advice: "let the bind DN list \(container) (dsacls, rights LC and RP), or deletions wait for the "
                + "next full reading")
    }
}
