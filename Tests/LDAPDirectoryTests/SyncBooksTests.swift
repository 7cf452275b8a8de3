import Testing
import TokenCore

@testable import LDAPDirectory
@testable import RealServers

/// Every order of messages that a server may send, without one.
@Suite("the books of a content synchronisation")
struct SyncBooksTests {
    private let moment = Timestamp(seconds: 1_800_000_000)

    private func books(
        id: String = "entryUUID", _ dialect: SyncDialect = .openLDAP
    ) -> SyncBooks {
        let mapping = EntryMapping(
            source: "corp", id: StableID(attribute: id), labels: PersonAttributes(), disabled: .auto)
        return SyncBooks(mapping: mapping, dialect: dialect, cookie: [1])
    }

    private func uuid(_ number: UInt8) -> [UInt8] {
        [0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, number]
    }

    private func state(
        _ kind: SyncMessage.State.Kind, _ number: UInt8, cookie: [UInt8]? = nil
    ) -> SyncMessage.State {
        .init(kind: kind, uuid: uuid(number), cookie: cookie)
    }

    private func entry(_ number: Int, id: Int? = nil) -> Entry {
        Entry(
            dn: "uid=p\(number)",
            attributes: [
                "uid": [Array("p\(number)".utf8)], "entryUUID": [Array(Slapd.uuid(id ?? number).utf8)],
            ])
    }

    @Test("believe a refresh whose deletions are named")
    func deletePhase() {
        var books = books()
        books.note(state(.add, 1), entry(1), now: moment)
        books.note(.idSet(cookie: nil, refreshDeletes: true, uuids: [uuid(2), uuid(3)]))
        books.note(state(.delete, 4), Entry(dn: "uid=p4"), now: moment)
        books.note(.init(cookie: [9], refreshDeletes: true))
        let set = books.take(server: "s")
        #expect(set.upserts.map(\.login) == ["p1"])
        #expect(Set(set.hints) == [Slapd.uuid(2), Slapd.uuid(3), Slapd.uuid(4)])
        #expect(!set.mustReadFully)
        #expect(set.cookie.bytes == [9])
        #expect(books.isEmpty && !books.isRefreshing)
    }

    @Test("do not take a present phase for all there is")
    func presentPhase() {
        let endings: [(inout SyncBooks) -> Void] = [
            { $0.note(.init(cookie: [9], refreshDeletes: false)) },
            { $0.note(.refreshPresent(cookie: [9], done: true)) },
            { [uuid] in
                $0.note(.idSet(cookie: [9], refreshDeletes: false, uuids: [uuid(1)]))
                $0.note(.refreshDelete(cookie: nil, done: true))
            },
        ]
        for end in endings {
            var books = books()
            books.note(state(.present, 1), Entry(dn: "uid=p1"), now: moment)
            books.note(state(.add, 2), entry(2), now: moment)
            end(&books)
            #expect(!books.isRefreshing)
            let set = books.take(server: "s")
            #expect(set.mustReadFully && set.upserts.map(\.login) == ["p2"] && set.hints.isEmpty)
            #expect(set.cookie.bytes == [9])
        }
    }

    @Test("keep the last word about somebody, and the last cookie")
    func lastWord() {
        var books = books()
        books.note(state(.add, 1, cookie: [2]), entry(1), now: moment)
        books.note(state(.delete, 1, cookie: [3]), Entry(dn: "uid=p1"), now: moment)
        books.note(state(.delete, 2), Entry(dn: "uid=p2"), now: moment)
        books.note(state(.modify, 2), entry(2), now: moment)
        books.note(.newCookie([4]))
        books.note(.refreshDelete(cookie: [], done: true))
        let set = books.take(server: "s")
        #expect(set.hints == [Slapd.uuid(1)])
        #expect(set.upserts.map(\.login) == ["p2"])
        #expect(set.cookie.bytes == [4])
    }

    @Test("say so when ids do not fit, are missing, or are too many")
    func surprises() {
        var others = books(id: "employeeNumber")
        others.note(state(.delete, 1), Entry(dn: "uid=p1"), now: moment)
        #expect(others.take(server: "s").mustReadFully)

        var unlike = books()
        unlike.note(state(.add, 1), entry(1, id: 2), now: moment)
        #expect(unlike.take(server: "s").mustReadFully)

        var without = books()
        without.note(state(.add, 1), Entry(dn: "uid=p1"), now: moment)
        #expect(without.take(server: "s").mustReadFully)
        #expect(!without.take(server: "s").mustReadFully)
    }

    @Test("take 389-ds's entries for hints, and its deletions for all there are")
    func directoryServer389() {
        var books = books(.directoryServer389)
        books.note(state(.add, 1), entry(1), now: moment)
        books.note(state(.add, 2), Entry(dn: "uid=p2"), now: moment)
        books.note(state(.delete, 3), Entry(dn: "uid=p3"), now: moment)
        books.note(.init(cookie: [9], refreshDeletes: false))
        let set = books.take(server: "s")
        #expect(set.upserts.isEmpty && !set.mustReadFully)
        #expect(Set(set.hints) == [Slapd.uuid(1), Slapd.uuid(2), Slapd.uuid(3)])
        books.note(.idSet(cookie: nil, refreshDeletes: false, uuids: []))
        #expect(books.take(server: "s").mustReadFully)
    }

    @Test("take entries of a server that is not known for hints")
    func unknownServer() {
        var books = books(SyncDialect())
        books.note(state(.modify, 1), entry(1), now: moment)
        books.note(.init(cookie: [9], refreshDeletes: true))
        #expect(books.take(server: "s").hints == [Slapd.uuid(1)])
        books.note(.init(cookie: [9], refreshDeletes: false))
        #expect(books.take(server: "s").mustReadFully)
    }

    @Test("know 389-ds's spelling of the same octets")
    func nsUniqueID() {
        let id = StableID(attribute: "nsUniqueId")
        #expect(id.text(syncUUID: Array(0..<16)) == "00010203-04050607-08090a0b-0c0d0e0f")
        #expect(StableID(attribute: "ipaUniqueID").text(syncUUID: Array(0..<16)) == nil)
        #expect(StableID(attribute: "entryUUID").text(syncUUID: []) == nil)
    }

    @Test("an OpenLDAP cookie goes on only from where the server has been")
    func openLDAPCookie() throws {
        func csn(_ second: Int, _ server: String = "000") -> String {
            "202611211857\(second).561776Z#000000#\(server)#000000"
        }
        let known = try #require(OpenLDAPCookie(Array("rid=000,csn=\(csn(10));\(csn(20, "001"))".utf8)))
        func at(_ states: [String]) throws -> String? {
            known.surprise(at: try #require(OpenLDAPCookie(states: states)))
        }
        #expect(try at([csn(10), csn(20, "001")]) == nil)
        #expect(try at([csn(11), csn(21, "001"), csn(30, "002")]) == nil)
        #expect(try at([csn(10)]) != nil)
        #expect(try at([csn(10), csn(19, "001")]) != nil)
        #expect(OpenLDAPCookie(known.octets) == known)
        for text in ["", "rid=000", "csn=", "rid=000,csn=x", "rid=000,csn=\(csn(10))x", "\(csn(10))"] {
            #expect(OpenLDAPCookie(Array(text.utf8)) == nil)
        }
    }

    @Test("a cookie is stored as text, and nothing else is taken for one")
    func cookieText() {
        for kind in ChangeCookie.Kind.allCases {
            let cookie = ChangeCookie(kind: kind, server: "ldap://a b", bytes: [0, 32, 255])
            #expect(ChangeCookie(text: cookie.text) == cookie)
        }
        for text in ["", "sync", "sync 00", "sync 0 s", "sync 0g s", "other 00 s", " 00 s"] {
            #expect(ChangeCookie(text: text) == nil, "\(text)")
        }
    }

    @Test("moments are spelt as they are read")
    func times() {
        for text in [
            "19700101000000Z", "20000229235959Z", "20261231120005Z", "19691231235959Z", "21000301000000Z",
        ] {
            #expect(GeneralizedTime.timestamp(text).map(GeneralizedTime.text) == text)
        }
    }
}
