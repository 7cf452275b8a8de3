import CLDAP
import TokenCore

extension LDAPSession {
    /// Asks for pages of one person: a server that advertises them may refuse them to this reader, or answer
    /// as if it had not been asked.
    func examinePaging() -> DirectoryCheck {
        guard profile.isReadable else {
            return DirectoryCheck(
                check: "paging", ok: false, detail: "unknown: the rootDSE cannot be read",
                advice: advice.rootDSE)
        }
        guard profile.pages else {
            return DirectoryCheck(
                check: "paging", ok: true, detail: "the server does not page: all people come as one answer",
                advice: advice.paging)
        }
        guard settings.pageSize > 0 else {
            return DirectoryCheck(check: "paging", ok: true, detail: "not asked for")
        }
        do throws(DirectoryError) {
            if let fault = try faultOfPaging() {
                return DirectoryCheck(check: "paging", ok: false, detail: fault, advice: advice.paging)
            }
            return DirectoryCheck(check: "paging", ok: true, detail: "pages of \(settings.pageSize)")
        } catch {
            return DirectoryCheck(
                check: "paging", ok: false, detail: error.description, advice: advice.paging)
        }
    }

    private func faultOfPaging() throws(DirectoryError) -> String? {
        var request = SearchRequest(base: settings.base, filter: settings.filter, attributes: ["1.1"])
        request.page = .init(size: 1, isCritical: true)
        request.withinDomain = profile.staysWithinDomain
        let deadline = requestDeadline("examining")
        var count = 0
        let end = try connection.bounded(by: deadline) { () throws(DirectoryError) in
            try connection.search(request, until: deadline) { _ throws(DirectoryError) in count += 1 }
        }
        guard end.result.code == LDAP_SUCCESS else {
            return "pages are refused: \(end.result.text) (\(end.result.code))"
        }
        guard end.result.cookie != nil else { return "pages are advertised, and answered without a cookie" }
        return count > 1 ? "pages are not honoured: one of 1 person came with \(count)" : nil
    }
}
