import Testing
import TokenCore

@testable import TokenStorage

struct PeopleTests {
    let fixture: StoreFixture
    let store: TokenStore
    let carol = OwnerID(source: "other", id: "a-1")

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    @Test func everyFieldComesBack() async throws {
        var full = person(alice, .missing, since: 77)
        full.evidence = .notEligible
        full.memberships = ["(memberOf=cn=admins)", "(x=\"y\")"]
        full.person.disabled = "nsAccountLock"
        let bare = PersonRecord(
            person: Person(id: bob, login: "bob", dn: ""), standing: .present, since: .distantPast)
        try await store.put(full, bare)
        #expect(try await store.person(alice) == full)
        #expect(try await store.person(bob) == bare)
        #expect(try await store.person(carol) == nil)
        #expect(try await store.read { try $0.peopleCount() } == 2)
    }

    @Test func labelsAreFoundWhateverTheirCase() async throws {
        try await store.put(person(), person(carol), person(bob))
        let found = try await store.read { try $0.people(login: "LOGIN-A-1", source: nil) }
        #expect(found == [person(), person(carol)])
        #expect(
            try await store.read { try $0.people(login: "login-A-1", source: "other") }.map(\.id) == [carol])
        #expect(
            try await store.read { try $0.people(email: "B-2@EXAMPLE.ORG", source: "corp") }.map(\.id) == [
                bob
            ])
        #expect(try await store.read { try $0.people(email: "nobody@example.org", source: nil) } == [])
    }

    @Test func whoIsGoneIsFoundOnlyWhenAskedFor() async throws {
        try await store.put(person(alice, .gone))
        #expect(try await store.read { try $0.people(login: "login-a-1", source: nil) } == [])
        #expect(
            try await store.read { try $0.people(login: "login-a-1", source: nil, includingGone: true) }.count
                == 1)
        #expect(
            try await store.read { try $0.people(email: "a-1@example.org", source: nil, includingGone: true) }
                .count == 1)
    }

    @Test func aLoginMayPassToSomebodyElse() async throws {
        try await store.put(person())
        var renamed = person()
        renamed.person.login = "other"
        var successor = person(bob)
        successor.person.login = person().person.login
        try await store.put(renamed, successor)
        #expect(try await store.read { try $0.people(login: "login-a-1", source: "corp") } == [successor])
    }

    @Test func pagesOfPeopleGoBySourceAndId() async throws {
        let ids = (0..<10).map { OwnerID(source: "corp", id: "p\($0)") }
        try await store.put(person(carol))
        for (index, id) in ids.enumerated() { try await store.put(person(id, Standing.allCases[index % 4])) }
        func page(_ query: PersonQuery) async throws -> [OwnerID] {
            try await store.read { try $0.people(query).map(\.id) }
        }
        #expect(try await page(PersonQuery(limit: 4)) == Array(ids[..<4]))
        #expect(try await page(PersonQuery(after: ids[7], limit: 4)) == [ids[8], ids[9], carol])
        #expect(try await page(PersonQuery(source: "other", limit: 4)) == [carol])
        #expect(try await page(PersonQuery(source: "corp", standing: .gone, limit: 4)) == [ids[3], ids[7]])
        #expect(try await page(PersonQuery(standing: .present, after: ids[4], limit: 4)) == [ids[8], carol])
    }

    @Test func ownersAreCountedNoFurtherThanAsked() async throws {
        try await store.insert(
            token(1), token(2), ended(token(3, of: bob), .revoked),
            token(4, of: OwnerID(source: "corp", id: "c-3")), token(5, of: robot))
        #expect(try await store.read { try $0.ownerCount(of: "corp", atMost: 10) } == 2)
        #expect(try await store.read { try $0.ownerCount(of: "corp", atMost: 1) } == 1)
    }

    @Test func whoWasRemovedLatelyIsCounted() async throws {
        let standings: [Standing] = [.gone, .missing, .disabled, .present]
        for (index, standing) in standings.enumerated() {
            for (name, since) in [("early", Int64(10)), ("late", 30)] {
                let id = OwnerID(source: "corp", id: "\(name)-\(index)")
                var record = person(id, standing, since: since)
                record.evidence = .deleted
                try await store.put(record)
            }
        }
        // Of whom nothing but tombstones was left.
        try await store.put(person(OwnerID(source: "corp", id: "x"), .missing, since: 30))
        var other = person(carol, .gone, since: 30)
        other.evidence = .deleted
        try await store.put(other)
        func removed(_ source: String, _ after: Int64, _ by: Int64) async throws -> Set<String> {
            try await store.read { try $0.removed(of: source, after: time(after), by: time(by)) }
        }
        #expect(try await removed("corp", 10, 30) == ["late-0", "late-1"])
        #expect(try await removed("corp", 9, 30) == ["early-0", "early-1", "late-0", "late-1"])
        // Later than now is what a clock that was ahead has written.
        #expect(try await removed("corp", 9, 29) == ["early-0", "early-1"])
        #expect(try await removed("other", 9, 30) == [carol.id])
    }

    @Test func ownersAreThoseWithLiveTokens() async throws {
        try await store.put(person(alice, .disabled), person(bob))
        let unknown = OwnerID(source: "corp", id: "c-3")
        try await store.insert(
            token(1, at: 10), token(2, at: 30), ended(token(3, at: 40), .revoked),
            ended(token(4, of: bob), .purged),
            token(5, of: unknown, at: 7), token(6, of: robot))
        #expect(
            try await store.read { try $0.owners(of: "corp") } == [
                OwnerSummary(id: alice, standing: .disabled),
                OwnerSummary(id: unknown, standing: .present),
            ])
        let wanted = try await store.read { try $0.owners(of: "corp") { $0 == unknown.id } }
        #expect(wanted.map(\.id) == [unknown])
    }

    @Test func onlyOwnersOfIndexedTokensConcernTheIndex() async throws {
        let observed = store.observed()
        try await store.put(person(), person(bob), person(carol))
        try await store.insert(ended(token(1), .revoked), ended(token(2, of: bob), .purged))
        observed.forget()
        try await store.put(person(alice, .disabled), person(bob, .disabled), person(carol, .disabled))
        #expect(observed.changes == [.person(person(alice, .disabled))])
        try await store.mutate { try $0.forgetPerson(bob) }
        #expect(try await store.person(bob) == nil)
    }
}
