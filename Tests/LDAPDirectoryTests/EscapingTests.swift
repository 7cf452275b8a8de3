import Testing

@testable import LDAPDirectory

@Suite("escaping")
struct EscapingTests {
    @Test("a filter's value is escaped as RFC 4515 demands")
    func filterValue() {
        #expect(
            FilterEscaping.value("Parens R Us (for all your parenthetical needs)")
                == #"Parens R Us \28for all your parenthetical needs\29"#)
        #expect(FilterEscaping.value(#"*\"# + "\0") == #"\2a\5c\00"#)
        #expect(FilterEscaping.value("Lučić") == "Lučić")
        #expect(FilterEscaping.octets([0, 0x2a, 0xff]) == #"\00\2a\ff"#)
    }

    @Test("whatever is escaped in a filter comes back as it was")
    func filterRoundTrip() throws {
        for value in [#"( ) * \ , # " +"#, "*", "a\0b", ")(uid=*", "", "ü"] {
            #expect(
                try Filter.parse("(cn=\(FilterEscaping.value(value)))") == .equal("cn", Array(value.utf8)))
            #expect(
                try Filter.parse("(cn=\(FilterEscaping.octets(value.utf8)))")
                    == .equal("cn", Array(value.utf8)))
        }
    }

    @Test("a name's value is escaped as RFC 4514 demands")
    func nameValue() {
        #expect(DNEscaping.value(#"James "Jim" Smith, III"#) == #"James \"Jim\" Smith\, III"#)
        #expect(DNEscaping.value("#1 a#b ") == ##"\#1 a#b\ "##)
        #expect(DNEscaping.value(" ") == #"\ "#)
        #expect(DNEscaping.value("a\0b+c") == #"a\00b\+c"#)
    }
}

@Suite("a distinguished name")
struct DistinguishedNameTests {
    private func name(_ text: String) throws -> DistinguishedName { try #require(DistinguishedName(text)) }

    @Test("lies under its parents, whatever the spelling")
    func liesUnder() throws {
        let base = try name("ou=People, DC=example,dc=org")
        for inside in [
            "uid=a,ou=people,dc=example,dc=org", "ou=people,dc=Example,dc=org",
            #"cn=a\,b,ou=x,ou=people,dc=example,dc=org"#,
            #"cn=a+uid=b,ou=\70eople,dc=example,dc=org"#, "cn=a,OU = people , dc=example,dc=org",
        ] {
            #expect(try name(inside).lies(under: base), "\(inside)")
        }
        for outside in [
            "dc=example,dc=org", "ou=xpeople,dc=example,dc=org", #"cn=a\,ou=people,dc=example,dc=org"#, "",
            "uid=a,ou=former,dc=example,dc=org",
        ] {
            #expect(try !name(outside).lies(under: base), "\(outside)")
        }
        #expect(try base.lies(under: name("")))
    }

    @Test("is the same with its parts in another order")
    func multiValued() throws {
        #expect(try name("cn=a+uid=b,dc=org") == name("UID=B+cn=a,dc=org"))
        #expect(try name(#"cn=Smith\, J"#) == name(#"cn=smith\2C j"#))
        #expect(try name(#"cn=\C3\BC"#) == name("cn=ü"))
    }

    @Test("is not any text")
    func malformed() {
        for text in ["people", "ou=a,,dc=b", "=a", #"cn=a\"#, #"cn=\ff"#] {
            #expect(DistinguishedName(text) == nil, "\(text)")
        }
    }
}
