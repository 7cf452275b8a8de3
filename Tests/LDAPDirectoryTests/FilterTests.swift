import Testing
import TokenCore

@testable import LDAPDirectory
@testable import RealServers

@Suite("a filter")
struct FilterTests {
    private let entry = Entry(
        dn: "uid=ann,dc=org",
        attributes: [
            "objectClass": [Array("inetOrgPerson".utf8)], "uid": [Array("Ann".utf8), Array("a2".utf8)],
            "cn": [Array("Ann  Ax (x)".utf8)], "uidNumber": [Array("1000".utf8)],
            "mail;lang-en": [Array("a@b.c".utf8)],
        ])

    @Test(
        "matches as a server would",
        arguments: [
            ("(uid=ANN)", true), ("(uid=a2)", true), ("(uid=bob)", false), ("(UID=*)", true),
            ("(sn=*)", false),
            (#"(cn=ann ax \28x\29)"#, true), (#"(cn=ann*\29)"#, true), ("(cn=*AX*)", true),
            ("(cn=*x*x*)", true),
            ("(cn=ann*ann*)", false), ("(uid=a*a*)", false), ("(uidNumber>=999)", true),
            ("(uidNumber>=1001)", false),
            ("(uidNumber<=1000)", true), ("(uid~=ann)", true), ("(&(uid=ann)(!(sn=*)))", true), ("(&)", true),
            ("(|)", false), ("(|(uid=x)(uid=ann))", true), ("(!(uid=ann))", false), ("(mail=a@b.c)", true),
            (" ( & ( uid=ann ) ) ", true), ("( &  (uid=ann) )", true),
        ])
    func matches(_ text: String, _ expected: Bool) throws {
        #expect(try Filter.parse(text).matches(entry) == expected)
    }

    @Test(
        "that is malformed is refused",
        arguments: [
            "", "uid=a", "(uid=a", "(uid=a))", "(uid)", "(=a)", "(uid=(a))", #"(uid=\2)"#, #"(uid=\zz)"#,
            "(!)", "(&uid=a)",
            "(uid>=a*)", "(uid=a)(uid=b)",
            String(repeating: "(!", count: 100) + "(uid=a)" + String(repeating: ")", count: 100),
        ])
    func refuses(_ text: String) {
        #expect(throws: DirectoryError.self) { try Filter.parse(text) }
    }

    @Test("may hold a server's matching rule, but not for a file")
    func extensible() async throws {
        let nested = "(memberOf:1.2.840.113556.1.4.1941:=cn=a,dc=org)"
        #expect(try Filter.parse("(&(uid=*)\(nested))").isExtensible)
        let file = try LDIFFile(Slapd.person("a", uuid: Slapd.uuid(1)))
        let session = try await file.source().connect()
        guard
            case .misconfigured = await failure({ () async throws(DirectoryError) in
                try await session.members(of: nested)
            })
        else {
            Issue.record("it was evaluated")
            return
        }
    }
}
