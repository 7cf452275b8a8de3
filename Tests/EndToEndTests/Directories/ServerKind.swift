import Foundation
import Testing

/// The kinds of servers that one suite is run against.
///
/// OpenLDAP is started by the tests themselves; the others by `scripts/test-directories`, which says where.
enum ServerKind: String, CaseIterable, CustomTestStringConvertible {
    case openldap
    case directoryServer389 = "389ds"
    case samba

    /// Those that are there, and wanted.
    static var present: [ServerKind] { allCases.filter(\.isPresent) }

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
        case .samba: "replace: userAccountControl\nuserAccountControl: \(disabled ? 546 : 544)"
        }
    }

    /// How changes are told.
    var changesMethod: String { self == .samba ? "DirSync" : "content sync" }
}
