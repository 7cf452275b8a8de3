import CLDAP
import TokenCore

extension LDAPSession {
    private static var sampleMax: Int32 { 200 }

    /// What a bound session can find out of what a full reading will need.
    func examine() async -> [DirectoryCheck] {
        do throws(DirectoryError) {
            let deadline = requestDeadline("examining")
            let seen = try connection.bounded(by: deadline) { () throws(DirectoryError) in
                guard try anyone(["1.1"], until: deadline) != nil else { throw nobody() }
                return try sample(until: deadline)
            }
            let search = DirectoryCheck(
                check: "search", ok: true, detail: "people can be read under \(settings.base)")
            return await [search, limits(), paging(), id()] + status(seen) + [examineChanges()]
        } catch {
            return [
                DirectoryCheck(
                    check: "search", ok: false, detail: error.description, advice: searchAdvice(error))
            ]
        }
    }

    private func searchAdvice(_ error: DirectoryError) -> String {
        switch error {
        case .refused(_, LDAP_NO_SUCH_OBJECT, _):
            "base does not exist, or the agent may not see it (olcAccess, aci); this server has "
                + profile.namingContexts.joined(separator: ", ")
        case .refused(_, LDAP_INSUFFICIENT_ACCESS, _): "let the bind DN search and read base (olcAccess, aci)"
        default:
            "compare base and filter with ldapsearch -x -b BASE FILTER, as the same bind DN; "
                + "then look at the rights of that DN (olcAccess, aci)"
        }
    }

    /// The real thing: nothing else shows what limits there are.
    private func limits() -> DirectoryCheck {
        do throws(DirectoryError) {
            let reading = try enumerate { _ in }
            return DirectoryCheck(
                check: "limits", ok: true,
                detail: "\(reading.people) people, \(reading.pages) pages, \(reading.method)")
        } catch {
            return DirectoryCheck(
                check: "limits", ok: false, detail: error.description, advice: limitsAdvice(error))
        }
    }

    private func limitsAdvice(_ error: DirectoryError) -> String {
        guard case .refused(_, let code, _) = error,
            [LDAP_SIZELIMIT_EXCEEDED, LDAP_TIMELIMIT_EXCEEDED, LDAP_ADMINLIMIT_EXCEEDED].contains(code)
        else {
            return
                "a full reading would not be complete, so nobody would be taken for gone; mend what it says"
        }
        let dn = if case .simple(let dn, _) = settings.bind { dn } else { "…" }
        if profile.isActiveDirectory { return "keep page_size within MaxPageSize (ntdsutil, LDAP policies)" }
        return switch profile.vendor?.lowercased() {
        case "openldap"?:
            "olcLimits: dn.exact=\"\(dn)\" size=unlimited time=unlimited"
                + " (slapd.conf: limits dn.exact=\"\(dn)\" size=unlimited time=unlimited)"
        case let name? where name.contains("389") || name.contains("red hat"):
            "raise nsSizeLimit, nsLookThroughLimit and nsPagedSizeLimit on \(dn), or nsslapd-sizelimit"
        default: "raise the size and time limits of \(dn) on the server"
        }
    }

    private func paging() -> DirectoryCheck {
        if settings.pageSize > 0 && profile.isReadable && !profile.pages {
            return DirectoryCheck(
                check: "paging", ok: true, detail: "the server does not page: all people come as one answer")
        }
        return DirectoryCheck(
            check: "paging", ok: profile.isReadable,
            detail: profile.pages ? "pages of \(settings.pageSize)" : "unknown: the rootDSE cannot be read",
            advice: profile.isReadable ? nil : "let the agent read the rootDSE (olcAccess to dn.base=\"\")")
    }

    /// Also that ids can be searched for, not only read: without, nobody could be confirmed to be gone.
    private func id() -> DirectoryCheck {
        do throws(DirectoryError) {
            let deadline = requestDeadline("examining")
            let name = try connection.bounded(by: deadline) { () throws(DirectoryError) in
                let mapping = try mapping(until: deadline)
                _ = try witness(mapping, until: deadline)
                return mapping.id.attribute
            }
            let context = profile.context(of: settings.base)
            guard let witness, case .present? = confirm([witness])[witness] else {
                return DirectoryCheck(
                    check: "id", ok: false,
                    detail: "\(name) can be read, but nobody is found by it under \(context)",
                    advice: "let the bind DN search \(context) by \(name) (olcAccess, aci), "
                        + "and index it for equality (olcDbIndex)")
            }
            guard profile.knownContext(of: settings.base) != nil else {
                return DirectoryCheck(
                    check: "id", ok: false,
                    detail:
                        "\(name), but the rootDSE does not show which naming context holds \(settings.base)",
                    advice:
                        "nobody counts as gone until it may read the rootDSE (olcAccess: dn.base=\"\")"
                )
            }
            return DirectoryCheck(check: "id", ok: true, detail: "\(name), found under \(context)")
        } catch {
            return DirectoryCheck(
                check: "id", ok: false, detail: error.description,
                advice: "set id to an attribute that is never re-used, and let the bind DN read it")
        }
    }
}

extension LDAPSession {
    private func sample(until deadline: Deadline) throws(DirectoryError) -> [Entry] {
        let attributes = AccountStatus(rule: settings.disabled).attributes
        var request = SearchRequest(base: settings.base, filter: settings.filter, attributes: attributes)
        request.sizeLimit = Self.sampleMax
        request.withinDomain = profile.staysWithinDomain
        var entries: [Entry] = []
        let end = try connection.search(request, until: deadline) { entry throws(DirectoryError) in
            entries.append(entry)
        }
        guard [LDAP_SUCCESS, LDAP_SIZELIMIT_EXCEEDED].contains(end.result.code) else {
            throw connection.refusal(end.result)
        }
        return entries
    }

    /// An attribute on no entry may be one nobody needs, or one the agent may not see. Nobody can tell, so it
    /// is said.
    private func status(_ sample: [Entry]) -> [DirectoryCheck] {
        let names = AccountStatus(rule: settings.disabled).attributes
        let visible = names.filter { name in sample.contains { !$0.values(name).isEmpty } }
        guard visible.isEmpty else {
            return [
                DirectoryCheck(
                    check: "status", ok: true, detail: "visible: \(visible.joined(separator: ", "))")
            ]
        }
        // There everybody has one; and a rule that was configured was meant to be used.
        let isExpected = profile.isActiveDirectory || settings.disabled != .auto
        return [
            DirectoryCheck(
                check: "status", ok: !isExpected,
                detail: "\(names.joined(separator: ", ")): not visible on any entry of \(sample.count)",
                advice: "if accounts are disabled here, let the bind DN read the attribute (olcAccess, aci), "
                    + "or name it in disabled")
        ]
    }
}
