import CLDAP

/// What an administrator can do on the server, in the words of that server.
struct ServerAdvice: Sendable {
    private enum Kind { case openLDAP, directoryServer389, freeIPA, activeDirectory, other }

    private let kind: Kind
    /// Whose rights and limits it is about.
    private let reader: String
    private let context: String

    init(_ profile: ServerProfile, _ settings: LDAPSettings) {
        let vendor = profile.vendor?.lowercased() ?? ""
        kind =
            if profile.isActiveDirectory {
                .activeDirectory
            } else if vendor == "openldap" {
                .openLDAP
            } else if profile.isFreeIPA {
                .freeIPA
            } else if vendor.contains("389") || vendor.contains("red hat") {
                .directoryServer389
            } else {
                .other
            }
        reader = if case .simple(let dn, _) = settings.bind { dn } else { "…" }
        context = profile.context(of: settings.base)
    }

    /// olcLimits of slapd-config(5), `limits` of slapd.conf(5); RHDS's "Setting Resource Limits Based on the
    /// Bind DN".
    var limits: String {
        switch kind {
        case .openLDAP: openLDAPLimits("size=unlimited time=unlimited")
        case .directoryServer389, .freeIPA:
            "raise nsSizeLimit, nsLookThroughLimit, nsPagedSizeLimit and nsTimeLimit on \(reader), or "
                + "nsslapd-sizelimit"
        case .activeDirectory: "keep page_size within MaxPageSize (ntdsutil, LDAP policies)"
        case .other: "raise the size and time limits of \(reader) on the server"
        }
    }

    var paging: String {
        switch kind {
        case .openLDAP: openLDAPLimits("size.pr=unlimited size.prtotal=unlimited")
        case .directoryServer389, .freeIPA:
            "let \(reader) use the control \(LDAP_CONTROL_PAGEDRESULTS) (aci of "
                + "oid=\(LDAP_CONTROL_PAGEDRESULTS),cn=features,cn=config), and raise nsPagedSizeLimit on it"
        case .activeDirectory: "keep page_size within MaxPageSize (ntdsutil, LDAP policies)"
        case .other:
            "let \(reader) page (control \(LDAP_CONTROL_PAGEDRESULTS)), or set its size limit above the "
                + "number of people"
        }
    }

    /// To read an attribute, and to search by it.
    func rights(to attribute: String) -> String {
        switch kind {
        case .openLDAP:
            "olcAccess: to dn.subtree=\"\(context)\" attrs=\(attribute) "
                + "by dn.exact=\"\(reader)\" read by * break"
        case .directoryServer389:
            "an aci on \(context): (targetattr = \"\(attribute)\")(version 3.0; acl \"tokenagent\"; "
                + "allow (read, search) userdn = \"ldap:///\(reader)\";)"
        case .freeIPA:
            "bind as a system account below cn=sysaccounts,cn=etc,\(context); where it cannot read "
                + "\(attribute): ipa permission-add tokenagent --type=user --right=read --right=search "
                + "--attrs=\(attribute) --bindtype=all"
        case .activeDirectory: "dsacls \"\(context)\" /I:S /G \"\(reader):RP;\(attribute);user\""
        case .other: "let \(reader) read and search \(attribute) under \(context)"
        }
    }

    /// What `id` would be best.
    var id: String {
        switch kind {
        case .openLDAP, .other: "entryUUID"
        case .directoryServer389: "nsUniqueId"
        case .freeIPA: "ipaUniqueID"
        case .activeDirectory: "objectGUID"
        }
    }

    var rootDSE: String {
        switch kind {
        case .openLDAP, .other: "let \(reader) read the rootDSE (olcAccess: to dn.base=\"\" by * read)"
        case .directoryServer389, .freeIPA:
            "let \(reader) read the rootDSE (its aci; nsslapd-allow-anonymous-access)"
        case .activeDirectory: "let \(reader) read the rootDSE"
        }
    }

    /// Where entries of the naming context refer to other servers.
    var references: String {
        let search = "ldapsearch -x -M -LLL -b \"\(context)\" \"(objectClass=referral)\" ref"
        let rule =
            if case .openLDAP = kind {
                ": olcAccess: to dn.base=\"DN\" by dn.exact=\"\(reader)\" none by * break"
            } else { "" }
        return "find what refers to other servers (\(search)), and remove it; or, where nobody ever moves "
            + "there, hide it from \(reader)\(rule)"
    }

    /// To be told of those who were deleted.
    var deletions: String {
        switch kind {
        case .openLDAP: "turn on overlay syncprov, with syncprov-sessionlog (olcSpSessionlog)"
        case .directoryServer389: "turn on the Retro Changelog and Content Synchronization plug-ins"
        case .freeIPA: "FreeIPA keeps a changelog of DNS alone: shorten sync.full_interval"
        case .activeDirectory:
            "let \(reader) list CN=Deleted Objects,\(context) (dsacls, rights LC and RP), or deletions wait "
                + "for the next full reading"
        case .other: "deletions wait for the next full reading"
        }
    }

    /// Of OpenLDAP, whose syncprov has none by default.
    var sessionLog: String {
        "give overlay syncprov a session log: olcSpSessionlog: 10000 (slapd.conf: syncprov-sessionlog 10000)"
    }

    private func openLDAPLimits(_ limits: String) -> String {
        "olcLimits: dn.exact=\"\(reader)\" \(limits) (slapd.conf: limits dn.exact=\"\(reader)\" \(limits))"
    }
}
