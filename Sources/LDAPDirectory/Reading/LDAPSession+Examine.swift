import CLDAP
import TokenCore

extension LDAPSession {
    private static var sampleMax: Int32 { 200 }

    var advice: ServerAdvice { ServerAdvice(profile, settings) }

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
            return await [search, limits(), examinePaging(), id(), status(seen), examineChanges()]
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
        return advice.limits
    }

    /// Also that ids can be searched for, not only read, and that who is nowhere is found to be nowhere:
    /// without, nobody could be confirmed to be gone.
    private func id() -> DirectoryCheck {
        do throws(DirectoryError) {
            let deadline = requestDeadline("examining")
            let id = try connection.bounded(by: deadline) { () throws(DirectoryError) in
                let mapping = try mapping(until: deadline)
                _ = try witness(mapping, until: deadline)
                return mapping.id
            }
            let name = id.attribute
            let context = profile.context(of: settings.base)
            guard let witness, case .present? = confirm([witness])[witness] else {
                return DirectoryCheck(
                    check: "id", ok: false,
                    detail: "\(name) can be read, but nobody is found by it under \(context)",
                    advice: advice.rights(to: name) + "; and index it for equality")
            }
            guard profile.knownContext(of: settings.base) != nil else {
                return DirectoryCheck(
                    check: "id", ok: false,
                    detail:
                        "\(name), but the rootDSE does not show which naming context holds \(settings.base)",
                    advice: "nobody counts as gone until then: \(advice.rootDSE)")
            }
            if case .unknown(let error)? = confirm([id.ofNobody])[id.ofNobody] {
                return DirectoryCheck(
                    check: "id", ok: false,
                    detail: "\(name), but nobody could be found to have left \(context): \(error)",
                    advice: "nobody counts as gone until then: \(advice.references)")
            }
            return DirectoryCheck(check: "id", ok: true, detail: "\(name), found under \(context)")
        } catch {
            return DirectoryCheck(
                check: "id", ok: false, detail: error.description,
                advice: "set id to an attribute that is never re-used, and can be read; "
                    + advice.rights(to: configuredID ?? advice.id))
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
    /// is said; but what everybody has must be seen.
    private func status(_ sample: [Entry]) -> DirectoryCheck {
        let names = AccountStatus(rule: settings.disabled).attributes
        let visible = names.filter { name in sample.contains { !$0.values(name).isEmpty } }
        let hidden = names.filter { !visible.contains($0) }
        let detail = [
            visible.isEmpty ? nil : "visible: \(visible.joined(separator: ", "))",
            hidden.isEmpty
                ? nil : "\(hidden.joined(separator: ", ")): not visible on any entry of \(sample.count)",
        ]
        // A rule that was configured was meant to be used.
        let wanted = settings.disabled == .auto ? demandedStatus : names.first
        let isFine = wanted.map(visible.contains) ?? true
        let rights = advice.rights(to: wanted ?? "ATTRIBUTE")
        return DirectoryCheck(
            check: "status", ok: isFine, detail: detail.compactMap { $0 }.joined(separator: "; "),
            advice: visible.isEmpty || !isFine
                ? "if accounts are disabled here, let it be read: \(rights); or name it in disabled" : nil)
    }

    private var configuredID: String? {
        settings.attributes.id.lowercased() == PersonAttributes.automaticID ? nil : settings.attributes.id
    }
}
