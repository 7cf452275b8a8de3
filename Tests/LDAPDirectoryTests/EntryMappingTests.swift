import Testing
import TokenCore

@testable import LDAPDirectory

@Suite("an entry")
struct EntryMappingTests {
    private let guid: [UInt8] = [
        0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
    ]
    private let guidText = "00112233-4455-6677-8899-aabbccddeeff"

    private func entry(_ values: [String: String]) -> Entry {
        Entry(dn: "uid=a,dc=org", attributes: values.mapValues { [Array($0.utf8)] })
    }

    @Test("of Active Directory has a GUID in little-endian groups, and back")
    func guidBothWays() {
        let id = StableID(attribute: "objectGUID")
        #expect(id.text(of: Entry(dn: "", attributes: ["objectguid": [guid]])) == guidText)
        #expect(id.assertion(guidText) == #"\33\22\11\00\55\44\77\66\88\99\aa\bb\cc\dd\ee\ff"#)
        #expect(id.text(of: Entry(dn: "", attributes: ["objectguid": [[1, 2]]])) == nil)
        #expect(id.assertion("not a guid") == nil)
        #expect(id.assertion("００112233-4455-6677-8899-aabbccddeeff") == nil)
    }

    @Test("has an entryUUID in lower case")
    func uuid() {
        let id = StableID(attribute: "entryUUID")
        #expect(id.text(of: entry(["entryUUID": guidText.uppercased()])) == guidText)
        #expect(id.text(of: entry(["entryUUID": "7"])) == nil)
        #expect(id.assertion("*") == nil)
    }

    @Test("has whatever id was configured, in octets if it must be")
    func opaque() {
        let id = StableID(attribute: "employeeNumber")
        #expect(id.text(of: entry(["employeeNumber": "A(7)"])) == "A(7)")
        #expect(id.assertion("A(7)") == #"\41\28\37\29"#)
        let octets = Entry(dn: "", attributes: ["employeenumber": [[0, 0xff]]])
        #expect(id.text(of: octets) == "hex:00ff")
        #expect(id.assertion("hex:00ff") == #"\00\ff"#)
        let lookalike = id.text(of: entry(["employeeNumber": "hex:00ff"]))
        #expect(lookalike != "hex:00ff")
        #expect(lookalike.flatMap { id.assertion($0) } == FilterEscaping.octets("hex:00ff".utf8))
    }

    /// An é of one character and of two, and a K that is a Kelvin sign: one text for Swift, and for every set
    /// of ids, and two people.
    @Test(arguments: [("caf\u{e9}", "cafe\u{301}"), ("K1", "\u{212A}1")])
    func `ids that only look the same are two, and each finds its own`(one: String, two: String) throws {
        let id = StableID(attribute: "employeeNumber")
        let ids = try [one, two].map { try #require(id.text(of: entry(["employeeNumber": $0]))) }
        #expect(Set(ids).count == 2)
        #expect(ids[0] == one)
        #expect(ids.map(id.assertion) == [one, two].map { FilterEscaping.octets($0.utf8) })
    }

    @Test("with two ids has none")
    func twoIDs() {
        let both = Entry(dn: "", attributes: ["employeenumber": [[49], [50]]])
        #expect(StableID(attribute: "employeeNumber").text(of: both) == nil)
    }

    @Test("of 389-ds keeps its nsUniqueId, also when entryUUID is there, too")
    func automatic() {
        let both = entry(["entryUUID": guidText, "nsUniqueId": "66446001-1dd211b2-80a3a1f2-00000001"])
        #expect(StableID.offered(by: both)?.attribute == "nsUniqueId")
        #expect(StableID.offered(by: entry(["entryUUID": guidText]))?.attribute == "entryUUID")
        #expect(StableID.offered(by: entry(["uid": "a"])) == nil)
    }

    @Test("becomes a person, with stand-ins for a missing login")
    func person() throws {
        let mapping = EntryMapping(
            source: "corp", id: StableID(attribute: "entryUUID"), labels: PersonAttributes(), disabled: .auto)
        let full = entry(["entryUUID": guidText, "UID": "Ann", "mail": "a@b.c", "cn": "Ann A"])
        #expect(
            mapping.person(full, now: testMoment)
                == Person(
                    id: OwnerID(source: "corp", id: guidText), login: "Ann", email: "a@b.c",
                    displayName: "Ann A",
                    dn: "uid=a,dc=org"))
        #expect(
            mapping.person(entry(["entryUUID": guidText, "mail": "a@b.c"]), now: testMoment)?.login == "a@b.c"
        )
        #expect(mapping.person(entry(["entryUUID": guidText]), now: testMoment)?.login == guidText)
        #expect(mapping.person(entry(["uid": "Ann"]), now: testMoment) == nil)
    }

    @Test("has no label that is longer than any, and the next value counts")
    func longLabels() throws {
        let mapping = EntryMapping(
            source: "corp", id: StableID(attribute: "entryUUID"), labels: PersonAttributes(), disabled: .auto)
        func text(_ octets: Int) -> String { String(repeating: "ä", count: octets / 2) }
        func person(_ label: String, _ name: String) -> Person? {
            let values = ["entryUUID": guidText, "uid": label, "mail": label, "cn": name]
            return mapping.person(entry(values), now: testMoment)
        }
        let longest = try #require(person(text(320), text(1024)))
        #expect(longest.login == text(320) && longest.email == text(320))
        #expect(longest.displayName == text(1024))
        let longer = try #require(person(text(322), text(1026)))
        #expect(longer.login == guidText && longer.email == nil && longer.displayName == nil)
        let two = Entry(
            dn: "",
            attributes: ["entryuuid": [Array(guidText.utf8)], "uid": [Array(text(322).utf8), [0x61]]])
        #expect(mapping.person(two, now: testMoment)?.login == "a")
        let id = StableID(attribute: "employeeNumber")
        #expect(id.text(of: entry(["employeeNumber": text(1024)])) == text(1024))
        #expect(id.text(of: entry(["employeeNumber": text(1026)])) == nil)
    }

    @Test(
        "is disabled by the rules of its directory",
        arguments: [
            ("userAccountControl", "514", true), ("userAccountControl", "512", false),
            ("userAccountControl", "x", false), ("accountExpires", "0", false),
            ("accountExpires", "9223372036854775807", false), ("accountExpires", "132223104000000000", true),
            ("accountExpires", "152223104000000000", false), ("nsAccountLock", "TRUE", true),
            ("nsAccountLock", "true", true), ("nsAccountLock", "false", false),
            ("pwdAccountLockedTime", "000001010000Z", true),
            ("pwdAccountLockedTime", "20200101000000Z", false),
            ("pwdEndTime", "20200101000000Z", true), ("pwdEndTime", "20990101000000Z", false),
            ("pwdEndTime", "soon", false), ("shadowExpire", "-1", false), ("shadowExpire", "1", true),
            ("shadowExpire", "20833", true), ("shadowExpire", "20834", false),
            ("shadowExpire", "9223372036854775807", false), ("loginDisabled", "TRUE", true),
            ("krbPrincipalExpiration", "20200101000000Z", true),
            ("krbPrincipalExpiration", "20990101000000Z", false),
            ("krbPrincipalExpiration", "19700101000000Z", false), ("krbPrincipalExpiration", "never", false),
            ("krbPasswordExpiration", "20200101000000Z", false),
        ])
    func disabled(_ attribute: String, _ value: String, _ isDisabled: Bool) {
        let reason = AccountStatus(rule: .auto).reason(entry([attribute: value]), now: testMoment)
        #expect(reason == (isDisabled ? attribute : nil))
    }

    @Test("is disabled by the configured attribute and value, and by no other rule then")
    func configuredRule() {
        let status = AccountStatus(rule: .attribute(name: "employeeType", value: "Left"))
        #expect(status.attributes == ["employeeType"])
        #expect(status.reason(entry(["employeetype": "LEFT"]), now: testMoment) == "employeeType")
        #expect(status.reason(entry(["employeeType": "here"]), now: testMoment) == nil)
        #expect(status.reason(entry(["nsAccountLock": "TRUE"]), now: testMoment) == nil)
    }

    @Test("has times in the spellings of RFC 4517")
    func generalizedTime() {
        #expect(GeneralizedTime.timestamp("19700101000000Z") == Timestamp(seconds: 0))
        #expect(GeneralizedTime.timestamp("20000229123456Z") == Timestamp(seconds: 951_827_696))
        #expect(GeneralizedTime.timestamp("2000022912Z") == Timestamp(seconds: 951_825_600))
        #expect(GeneralizedTime.timestamp("20000229123456.789Z") == Timestamp(seconds: 951_827_696))
        #expect(GeneralizedTime.timestamp("20000229143456+0200") == Timestamp(seconds: 951_827_696))
        #expect(GeneralizedTime.timestamp("20000229103456-02") == Timestamp(seconds: 951_827_696))
        for malformed in ["", "Z", "20001301000000Z", "20000229123456", "2000022912345Z", "20000229123456+2"]
        {
            #expect(GeneralizedTime.timestamp(malformed) == nil, "\(malformed)")
        }
    }
}
