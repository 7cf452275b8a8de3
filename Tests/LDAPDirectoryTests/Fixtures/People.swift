import Foundation
import LDAPDirectory

@testable import RealServers

/// Thirty people, some of them odd, and a few entries around them: the same for a server and for a file.
enum People {
    static let disabledLogin = "p3"
    static let movedID = Slapd.uuid(101)
    static let notEligibleID = Slapd.uuid(102)
    static let goneID = Slapd.uuid(999)
    static let notEligibleDN = "uid=robot,\(Slapd.people)"
    static let movedDN = "uid=mover,ou=former,\(Slapd.suffix)"

    /// As a common name, which is also the name in the tree.
    static let oddNames = [
        #"( ) * \ , # " +"#, "# first", "a=b;c<d>e", "O'Brien, Sinéad", "*", "(", ")", #"back\slash"#, "a+b",
        "Ünï côdé",
    ]

    static var odd: [(login: String, name: String)] {
        oddNames.enumerated().map { ("odd(\($0.offset))*", $0.element) }
    }

    static let ldif: String = {
        var entries = (1...20).map { number in
            Slapd.person(
                "p\(number)", uuid: Slapd.uuid(number),
                classes: number == 3 ? ["shadowAccount"] : [], more: number == 3 ? ["shadowExpire: 1"] : [])
        }
        for (index, odd) in odd.enumerated() {
            let dn = "cn=\(DNEscaping.value(odd.name)),\(Slapd.people)"
            entries.append(
                """
                \(line("dn", dn))
                objectClass: inetOrgPerson
                uid: \(odd.login)
                \(line("cn", odd.name))
                sn: odd
                mail: odd\(index)@example.org
                entryUUID: \(Slapd.uuid(21 + index))


                """)
        }
        entries.append(
            """
            dn: \(notEligibleDN)
            objectClass: account
            uid: robot
            entryUUID: \(notEligibleID)


            """)
        entries.append(
            """
            dn: \(movedDN)
            objectClass: inetOrgPerson
            uid: mover
            cn: mover
            sn: mover
            entryUUID: \(movedID)


            """)
        return entries.joined()
    }()

    /// RFC 2849: what is not plain ASCII, or begins oddly, is in base64.
    private static func line(_ name: String, _ value: String) -> String {
        let isSafe = value.utf8.allSatisfy { $0 < 128 } && ![" ", ":", "<"].contains(value.first)
        return isSafe ? "\(name): \(value)" : "\(name):: \(base64(value))"
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
