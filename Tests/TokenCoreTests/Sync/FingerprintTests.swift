import Testing
import TokenCore

struct FingerprintTests {
    private static let former: [Fingerprint.Part] = [
        ("base", "ou=people"), ("scope", "subtree"), ("filter", "(uid=*)"), ("bind", "simple cn=reader"),
        ("url", "ldap://a"), ("id", "auto"), ("disabled", "auto"),
    ]

    private static func changed(_ change: (inout [Fingerprint.Part]) -> Void) -> [String] {
        var present = former
        change(&present)
        return Fingerprint.changedKeys(from: Fingerprint.text(former), to: Fingerprint.text(present))
    }

    private static func changed(_ name: String, _ value: String) -> [String] {
        changed { parts in
            for index in parts.indices where parts[index].name == name { parts[index].value = value }
        }
    }

    @Test(arguments: [
        ("base", "ou=staff", "base"), ("filter", "(cn=*)", "filter"), ("url", "ldap://b", "url"),
        ("id", "uid", "id"), ("bind", "simple cn=other", "bind_dn"), ("bind", "anonymous", "bind"),
        ("bind", "external /c.pem", "bind"), ("disabled", "attribute", "disabled"),
    ])
    func eachKeyIsToldByItsName(_ name: String, _ value: String, _ key: String) {
        #expect(Self.changed(name, value) == [key])
    }

    @Test func severalAreToldInTheirOrderAndNoneWhereThereIsNone() {
        #expect(
            Self.changed { parts in
                parts[2].value = "(cn=*)"
                parts[0].value = "ou=staff"
            } == ["base", "filter"])
        #expect(Self.changed { $0.append(("url", "ldap://b")) } == ["url"])
        #expect(Self.changed { $0.append(("disabled value", "x")) } == ["disabled"])
        #expect(Self.changed { $0[0].name = "file" } == ["url", "base"])
        #expect(Self.changed { _ in } == [])
    }

    @Test func whatStandsInAValueMisleadsNobody() {
        for value in ["\nfilter 1:x", "ü 3:é\n", "", ":", " 9:"] {
            #expect(Self.changed("base", value) == ["base"])
        }
    }

    @Test(arguments: ["x", "base", "base 3", "base 9:x", "base -1:", "base 1:xy", "base 1:x\nfilter"])
    func ofWhatIsNoneNothingIsTold(_ text: String) {
        let whole = Fingerprint.text(Self.former)
        #expect(Fingerprint.changedKeys(from: text, to: whole) == [])
        #expect(Fingerprint.changedKeys(from: whole, to: text) == [])
    }
}
