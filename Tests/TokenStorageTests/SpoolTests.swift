import Foundation
import Testing
import TokenCore

@testable import TokenStorage

/// People on their way from a reading into the store.
struct SpoolTests {
    let fixture: StoreFixture
    let store: TokenStore
    let observed: Observed

    init() async throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        observed = store.observed()
    }

    private func write(
        _ people: [Person], inGroupsOf size: Int = 1000, memberships: [String: [String]] = [:],
        at seconds: Int64 = 600
    ) async throws {
        let spool = try PeopleSpool(store)
        for batch in stride(from: 0, to: people.count, by: 7) {
            try spool.append(Array(people[batch..<min(batch + 7, people.count)]))
        }
        #expect(spool.count == people.count)
        let sorted = try spool.take()
        #expect(spool.count == 0)
        for start in stride(from: 0, to: sorted.count, by: size) {
            try await store.mutate { writer in
                try writer.put(
                    sorted, start..<min(start + size, sorted.count), of: "corp", at: time(seconds),
                    memberships: memberships)
            }
        }
    }

    private func everybody() async throws -> [PersonRecord] {
        try await store.read { try $0.people(PersonQuery(limit: 1_000_000)) }
    }

    private func somebody(_ id: String) -> Person {
        Person(id: OwnerID(source: "corp", id: id), login: "L-\(id)", dn: "uid=\(id),dc=example")
    }

    @Test func everyLabelArrives() async throws {
        var full = somebody("ü\u{301}-é")
        (full.email, full.displayName) = ("Ä@Example.org", "A  name, “quoted”")
        var disabled = somebody("")
        disabled.disabled = "nsAccountLock"
        disabled.email = ""
        let plain = somebody("b")
        try await write([full, plain, disabled], memberships: ["b": ["(x=1)", "(y=\"2\")"]])
        let stored = try await everybody()
        #expect(
            stored == [
                PersonRecord(person: disabled, standing: .disabled, since: time(600)),
                PersonRecord(
                    person: plain, standing: .present, since: time(600),
                    memberships: ["(x=1)", "(y=\"2\")"]),
                PersonRecord(person: full, standing: .present, since: time(600)),
            ])
        #expect(try await store.read { try $0.people(email: "ä@example.ORG", source: nil).count } == 1)
        #expect(try await store.read { try $0.people(login: "l-B", source: nil).count } == 1)
    }

    @Test(arguments: [1, 10, 5000]) func manyArriveInAnyOrder(size: Int) async throws {
        // Some are longer than what is read and written at once.
        var people = (0..<3000).map { somebody("\($0 * 7919 % 3000)-id") }
        for index in [5, 17, 2999] { people[index].displayName = String(repeating: "é", count: 1_500_000) }
        try await write(size == 1 ? Array(people.prefix(40)) : people, inGroupsOf: size)
        let expected = (size == 1 ? Array(people.prefix(40)) : people).sorted { $0.id < $1.id }
        #expect(try await everybody().map(\.person) == expected)
    }

    @Test func aStandingThatStaysKeepsItsDate() async throws {
        let before = [
            person(alice), person(bob, .disabled, since: 300),
            person(OwnerID(source: "corp", id: "c-3"), .missing, since: 400),
        ]
        for record in before { try await store.put(record) }
        let renamed = before.map { record in
            var person = record.person
            person.login = "renamed-\(person.id.id)"
            if record.standing == .disabled { person.disabled = "locked" }
            return person
        }
        try await write(renamed)
        let stored = try await everybody()
        #expect(stored.map(\.person) == renamed)
        #expect(stored.map(\.since) == [before[0].since, time(300), time(600)])
        #expect(stored.map(\.standing) == [.present, .disabled, .present])
        #expect(stored.allSatisfy { $0.evidence == nil })
    }

    @Test func newcomersAreToldFromThoseWhoWereThereHoweverManyAreWrittenAtOnce() async throws {
        func name(_ number: Int) -> String { String(number + 1000) }
        // Every third was there.
        let before = stride(from: 0, to: 100, by: 3).map { somebody(name($0)) }
        try await write(before)
        var now = (0..<100).map { somebody(name($0)) }
        now[3].disabled = "locked"
        now[6].login = "renamed"
        now[99].email = "last@example.org"
        let memberships = [name(0): ["(a=b)"], name(50): ["(c=d)"]]
        try await write(now, memberships: memberships, at: 700)
        let expected = now.enumerated().map { number, person in
            let isNew = number % 3 != 0 || number == 3
            return PersonRecord(
                person: person, standing: person.standing, since: time(isNew ? 700 : 600),
                memberships: memberships[person.id.id] ?? [])
        }
        let stored = try await everybody().sorted { $0.person.id.id < $1.person.id.id }
        #expect(stored == expected)
    }

    @Test func theIndexHearsOfOwnersAlone() async throws {
        try await store.put(person(), person(bob))
        try await store.insert(token(1), ended(token(2, of: bob), .purged))
        observed.forget()
        var renamed = [person().person, person(bob).person, somebody("x")]
        for index in renamed.indices { renamed[index].login = "renamed" }
        try await write(renamed)
        let record = try await store.person(alice)
        #expect(record?.person.login == "renamed")
        #expect(observed.changes == [.person(try #require(record))])
    }

    @Test func whatALedgerRemembersOfTheStoreIsWhatItSees() async throws {
        var people = (0..<20).map { somebody("p\($0)") }
        people[3].email = "three@example.org"
        people[4].displayName = ""
        people[5].disabled = "locked"
        try await write(people, memberships: ["p7": ["(a=b)"]])
        try await store.put(person(OwnerID(source: "other", id: "p0")))
        let known = try await store.known("corp", in: ReadingLedger())
        let (ledger, memberships) = (known.ledger, known.memberships)
        #expect(memberships == ["p7": ["(a=b)"]])
        #expect(ledger.unseen == 20 && ledger.expectsWitness)
        var seeing = ledger
        seeing.see(people)
        #expect(seeing.changes.isEmpty && seeing.people == 20 && seeing.unseen == 0)
        people[4].displayName = nil
        people[5].disabled = nil
        var other = ledger
        other.see(people)
        #expect(other.changes.map(\.person.id.id) == ["p4", "p5"])
        #expect(other.changes.map(\.was) == [.present, .disabled])
    }

    @Test(arguments: [0, 1, KnownGroup.countMax, 10 * KnownGroup.countMax + 7])
    func twoReadersFromBothEndsLeaveNobodyOut(count: Int) async throws {
        let people = (0..<count).map { somebody("\($0)") }
        try await write(people)
        var ledger = try await store.known("corp", in: ReadingLedger()).ledger
        #expect(ledger.unseen == count)
        ledger.see(people)
        #expect(ledger.changes.isEmpty && ledger.unseen == 0)
    }

    @Test func readersOfKnownPeopleStopWhereTheyMeet() {
        var known = KnownPeople(ReadingLedger())
        func reaches(_ id: String, from end: KnownPeople.End) -> Bool {
            var group = KnownGroup()
            group.last = id
            return known.add(group, from: end)
        }
        #expect(reaches("c", from: .first) && reaches("x", from: .last) && reaches("m", from: .first))
        #expect(!reaches("m", from: .last) && !reaches("n", from: .first))
    }

    @Test func eachIsTakenOnce() throws {
        let spool = try PeopleSpool(store)
        try spool.append([somebody("b"), somebody("a")])
        #expect(try spool.take().count == 2)
        #expect(try spool.take().count == 0)
        try spool.append([somebody("c")])
        let rest = try spool.take()
        let ids = try rest.withPeople(0..<rest.count) { $0.map { String(decoding: $0.id, as: UTF8.self) } }
        #expect(ids == ["c"])
    }

    @Test func nothingIsLeftOnTheDiskOfASpool() throws {
        let spool = try PeopleSpool(store)
        try spool.append((0..<10_000).map { somebody("\($0)") })
        let files = try FileManager.default.contentsOfDirectory(atPath: fixture.directory)
        #expect(!files.isEmpty && !files.contains { $0.contains("reading") })
    }
}
