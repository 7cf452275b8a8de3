import Foundation
import Testing

/// The kinds of servers that one suite is run against.
///
/// OpenLDAP is started by the tests themselves; the others by `scripts/test-directories`, which says where.
enum ServerKind: String, CaseIterable, CustomTestStringConvertible {
    case openldap
    case directoryServer389 = "389ds"
    /// 389-ds with FreeIPA's schema, tree and rights: see `scripts/lib/server-freeipa.sh`.
    case freeIPA = "freeipa"
    case samba

    /// Those that are there, and wanted.
    static var present: [ServerKind] { allCases.filter(\.isPresent) }

    /// The ways in which a departure is noticed, of each of them.
    static var departures: [(ServerKind, String)] {
        present.flatMap { kind in (kind.tellsDepartures ? ["full", "changes"] : ["full"]).map { (kind, $0) } }
    }

    private var isPresent: Bool {
        let wanted = Self.variable("TEST_DIRECTORIES")?.split(separator: " ").map(String.init)
        guard wanted?.contains(rawValue) ?? true else { return false }
        return self == .openldap || url != nil
    }

    /// Of a server that is running already.
    var url: String? {
        switch self {
        case .openldap: nil
        case .directoryServer389: Self.variable("TEST_389DS")
        case .freeIPA: Self.variable("TEST_FREEIPA")
        case .samba: Self.variable("TEST_SAMBA")
        }
    }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    var testDescription: String { rawValue }

    var suffix: String { self == .samba ? "DC=test,DC=example,DC=org" : "dc=example,dc=org" }

    /// How a person is named below a branch.
    func name(of login: String) -> String { self == .samba ? "CN=\(login)" : "uid=\(login)" }

    /// What a person's entry has, apart from its name.
    func attributes(_ login: String) -> [String] {
        switch self {
        case .openldap:
            [
                "objectClass: inetOrgPerson", "objectClass: shadowAccount", "uid: \(login)", "cn: \(login)",
                "sn: \(login)",
            ]
        case .directoryServer389:
            ["objectClass: inetOrgPerson", "uid: \(login)", "cn: \(login)", "sn: \(login)"]
        case .freeIPA:
            // As `ipa user-add` makes them, ipa-uuid's part included.
            [
                "top", "person", "organizationalPerson", "inetOrgPerson", "inetUser", "posixAccount",
                "krbPrincipalAux", "krbTicketPolicyAux", "ipaObject", "ipaSshUser",
            ].map { "objectClass: \($0)" } + [
                "uid: \(login)", "givenName: \(login)", "sn: User", "cn: \(login) User", "initials: U",
                "displayName: \(login) User", "gecos: \(login) User", "homeDirectory: /home/\(login)",
                "loginShell: /bin/sh", "uidNumber: 60100", "gidNumber: 60100",
                "krbPrincipalName: \(login)@EXAMPLE.ORG", "krbCanonicalName: \(login)@EXAMPLE.ORG",
                "ipaUniqueID: \(UUID().uuidString.lowercased())",
            ]
        case .samba:
            // 544: an ordinary account that needs no password ([MS-ADTS] 2.2.16).
            ["objectClass: user", "sAMAccountName: \(login)", "userAccountControl: 544"]
        }
    }

    /// The change that disables somebody, and the one that lets them in again.
    func status(disabled: Bool) -> String {
        switch self {
        case .openldap: "replace: shadowExpire\n" + (disabled ? "shadowExpire: 1" : "-")
        case .directoryServer389: "replace: nsAccountLock\nnsAccountLock: \(disabled)"
        case .freeIPA: "replace: nsAccountLock\nnsAccountLock: \(disabled ? "TRUE" : "FALSE")"
        case .samba: "replace: userAccountControl\nuserAccountControl: \(disabled ? 546 : 544)"
        }
    }

    /// Who reads it, where that is not its administrator.
    var reader: String? { self == .freeIPA ? "uid=reader,cn=sysaccounts,cn=etc,\(suffix)" : nil }

    /// How changes are told.
    var changesMethod: String {
        switch self {
        case .openldap, .directoryServer389: "content sync"
        case .freeIPA: "modifyTimestamp"
        case .samba: "DirSync"
        }
    }

    private var tellsDepartures: Bool { self != .freeIPA }
}
