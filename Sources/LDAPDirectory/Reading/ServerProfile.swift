import CLDAP
import TokenCore

/// What the server says of itself in its rootDSE (RFC 4512 5.1).
struct ServerProfile: Hashable, Sendable {
    /// False if the rootDSE may not be read. Then nothing is known, which is not the same as nothing offered.
    var isReadable = false
    var vendor: String?
    var namingContexts: [String] = []
    var controls: Set<String> = []
    var isActiveDirectory = false
    /// FreeIPA: a 389-ds that is set up in a way of its own.
    var isFreeIPA = false
    /// Active Directory: which domain controller it is, as one URL may lead to any of them.
    var controller: String?

    var pages: Bool { controls.contains(LDAP_CONTROL_PAGEDRESULTS) }
    var staysWithinDomain: Bool { controls.contains(LDAP_CONTROL_X_DOMAIN_SCOPE) }

    /// The naming context that holds `base`: where somebody who left `base` may still be.
    /// The base itself, where the server does not say.
    func context(of base: String) -> String { knownContext(of: base) ?? base }

    /// nil where the server does not say, be it for want of rights to its rootDSE.
    func knownContext(of base: String) -> String? {
        guard let name = DistinguishedName(base) else { return nil }
        let holders = namingContexts.compactMap { text -> (text: String, depth: Int)? in
            guard let context = DistinguishedName(text), name.lies(under: context) else { return nil }
            return (text, context.depth)
        }
        return holders.max { $0.depth < $1.depth }?.text
    }
}

extension ServerProfile {
    /// LDAP_CAP_ACTIVE_DIRECTORY_OID and _ADAM_OID ([MS-ADTS] 3.1.1.3.4.3); Samba shows the first, too.
    private static let activeDirectory: Set<String> = ["1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1851"]

    static let attributes = [
        "namingContexts", "supportedControl", "supportedCapabilities", "vendorName", "vendorVersion",
        "objectClass", "dsServiceName",
    ]

    init(_ rootDSE: Entry) {
        isReadable = true
        namingContexts = rootDSE.texts("namingContexts")
        controls = Set(rootDSE.texts("supportedControl"))
        isActiveDirectory = !Self.activeDirectory.isDisjoint(with: rootDSE.texts("supportedCapabilities"))
        controller = rootDSE.text("dsServiceName")
        if let name = rootDSE.text("vendorName") ?? rootDSE.text("vendorVersion") {
            vendor = name
        } else if isActiveDirectory {
            vendor = "Active Directory"
        } else if rootDSE.texts("objectClass").contains("OpenLDAProotDSE") {
            vendor = "OpenLDAP"
        }
    }
}
