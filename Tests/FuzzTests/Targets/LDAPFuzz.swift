import TokenCore

@testable import LDAPDirectory

/// What a directory server may send, and what is read of it beyond libldap: controls, messages, cookies,
/// and the text forms of ids, names, times and filters. The first byte chooses.
enum LDAPFuzz {
    static func run(_ input: [UInt8]) {
        guard let kind = input.first else { return }
        let octets = Array(input.dropFirst())
        switch kind % 8 {
        case 0: _ = try? SyncMessage.State(octets)
        case 1: _ = try? SyncMessage.Done(octets)
        case 2: info(octets)
        case 3: _ = try? DirSyncAnswer(octets)
        case 4: _ = OpenLDAPCookie(octets)
        case 5: elements(octets)
        case 6: filter(String(decoding: octets, as: UTF8.self))
        default: texts(String(decoding: octets, as: UTF8.self))
        }
    }

    private static func info(_ octets: [UInt8]) {
        guard case .idSet(_, _, let uuids)? = try? SyncMessage.Info(octets) else { return }
        demand(uuids.count * 18 <= octets.count, "more ids than octets hold")
    }

    /// Every element as deep as it goes: a reader never gives out more than it was given.
    private static func elements(_ octets: [UInt8]) {
        var reader = BERReader(octets)
        var left = octets.count
        while !reader.isAtEnd, let element = try? reader.next() {
            left -= element.content.count + 2
            demand(left >= 0, "an element larger than its message")
        }
    }

    private static func filter(_ text: String) {
        guard let filter = try? Filter.parse(text) else { return }
        let entry = Entry(dn: "uid=a,dc=b", attributes: ["uid": [Array("a".utf8)], "mail": [[0, 0xff]]])
        _ = filter.matches(entry)
        _ = filter.attributes
    }

    private static func texts(_ text: String) {
        if let name = DistinguishedName(text) {
            demand(DistinguishedName(text) == name, "one name is two")
        }
        if let moment = GeneralizedTime.timestamp(text) { _ = GeneralizedTime.text(moment) }
        if let octets = GUID.octets(text) {
            demand(GUID.octets(GUID.text(octets)) == octets, "one GUID is two")
        }
    }
}
