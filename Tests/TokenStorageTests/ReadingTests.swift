import Testing
import TokenCore

@testable import TokenStorage

struct ReadingTests {
    let fixture: StoreFixture
    let store: TokenStore
    let observed: Observed

    init() async throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        observed = store.observed()
        try await store.put(person(), person(bob))
        try await store.insert(token(1, at: 100), token(2, of: bob, at: 100))
        observed.forget()
    }

    private func reading(_ change: (inout AcceptedReading) -> Void) -> AcceptedReading {
        var state = SourceState(source: "corp")
        state.reading = 3
        var reading = AcceptedReading(state: state, now: time(600), by: "sync of corp")
        change(&reading)
        return reading
    }

    private func apply(_ change: (inout AcceptedReading) -> Void) async throws -> AppliedReading {
        let reading = reading(change)
        return try await store.mutate { try $0.apply(reading) }
    }

    @Test func whoIsRemovedStandsAsTheEvidenceSays() async throws {
        let removals = [Removal(owner: alice, evidence: .deleted), Removal(owner: bob, evidence: .moved)]
        let applied = try await apply { $0.removals = removals }
        #expect(applied == AppliedReading(removed: removals))
        let (gone, missing) = (try await store.person(alice), try await store.person(bob))
        #expect(gone?.standing == .gone && gone?.since == time(600) && gone?.evidence == .deleted)
        #expect(missing?.standing == .missing && missing?.evidence == .moved)
        #expect(gone?.person == person().person)
        #expect(observed.changes == [.person(gone!), .person(missing!)])
        let story = try await store.read { try $0.audit(token: token(1).id, owner: alice, limit: 10) }
        #expect(story.map(\.kind) == [.userGone])
        #expect(story.first?.by == "sync of corp")
        #expect(try await store.read { try $0.sourceState("corp")?.reading } == 3)
    }

    @Test func whoWasFoundSinceTheReadingBeganIsLeftAlone() async throws {
        let applied = try await apply { reading in
            reading.removals = [Removal(owner: alice, evidence: .deleted)]
            reading.found = [alice]
        }
        #expect(applied == AppliedReading(spared: [alice]))
        #expect(try await store.person(alice) == person())
    }

    @Test func whoStoodSoAlreadyKeepsTheTimeSinceWhen() async throws {
        let first = try await apply { $0.removals = [Removal(owner: alice, evidence: .deleted)] }
        #expect(first.removed.count == 1)
        let revision = store.facts().revision
        let again = try await apply { reading in
            reading.now = time(900)
            reading.removals = [Removal(owner: alice, evidence: .deleted)]
        }
        #expect(again == AppliedReading())
        #expect(try await store.person(alice)?.since == time(600))
        #expect(store.facts().revision == revision)
    }

    @Test func anOwnerNobodyKnewIsRemovedAsWell() async throws {
        let unknown = OwnerID(source: "corp", id: "c-3")
        try await store.insert(token(3, of: unknown))
        _ = try await apply { $0.removals = [Removal(owner: unknown, evidence: .deleted)] }
        #expect(try await store.person(unknown)?.standing == .gone)
        #expect(
            try await store.read {
                try $0.obsoleteTokens(source: nil, ownersGoneBefore: .distantFuture, limit: 99).count
            } == 1)
    }

    @Test func changedPeopleAreWritten() async throws {
        let (back, new) = (person(alice, .disabled, since: 600), person(OwnerID(source: "corp", id: "n")))
        let applied = try await apply { reading in
            reading.changed = [back, new]
            reading.events = [event(.userDisabled, owner: alice), event(.syncAccepted)]
        }
        #expect(applied == AppliedReading(changed: 2))
        #expect(try await store.person(new.id) == new)
        #expect(observed.changes == [.person(back)])
        #expect(observed.revisions == [2])
    }

    @Test func peopleWithoutTokensGoWhenTheyWereNotSeen() async throws {
        let ids = ["x", "y", "z"].map { OwnerID(source: "corp", id: $0) }
        let elsewhere = OwnerID(source: "other", id: "x")
        for id in ids + [elsewhere] { try await store.put(person(id)) }
        try await store.insert(ended(token(4, of: ids[2]), .purged))
        let vanished = try await store.read { try $0.people(of: "corp") { $0 == TextDigest.of("y") } }
        #expect(vanished == [alice.id, bob.id, "x", "z"])
        try await store.mutate { try $0.forget(vanished, of: "corp", at: time(600)) }
        #expect(try await store.person(ids[0]) == nil)
        // Seen; with a tombstone; of another source; with tokens.
        for id in [ids[1], ids[2], elsewhere, alice, bob] { #expect(try await store.person(id) != nil) }
        #expect(try await store.person(ids[2])?.standing == .missing)
        #expect(try await store.person(alice)?.standing == .present)
    }

    @Test func aReadingThatFailsHalfWayLeavesNothing() async throws {
        struct Cut: Error {}
        let reading = reading { $0.removals = [Removal(owner: alice, evidence: .deleted)] }
        await #expect(throws: Cut.self) {
            try await store.mutate { writer in
                _ = try writer.apply(reading)
                throw Cut()
            }
        }
        #expect(try await store.person(alice) == person())
        #expect(try await store.read { try $0.sourceState("corp") } == nil)
        #expect(observed.count == 0)
    }
}
