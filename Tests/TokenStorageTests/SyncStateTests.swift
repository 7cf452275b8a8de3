import GRDB
import Testing
import TokenCore

@testable import TokenStorage

struct SyncStateTests {
    let fixture: StoreFixture
    let store: TokenStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    @Test func aSourcesStateComesBack() async throws {
        var state = SourceState(source: "corp")
        try await store.mutate { [state] in try $0.put(state) }
        state.reading = 7
        (state.lastAttemptAt, state.lastCompleteAt) = (time(2), time(1))
        (state.people, state.fingerprint, state.method, state.lastError) = (3, "f", "paged", "unreachable")
        state.cookie = ChangeCookie(kind: .usnChanged, server: "ldap://a b", bytes: [7])
        state.changesRefusal = "DirSync was refused"
        state.idAttribute = "nsUniqueId"
        try await store.mutate { [state] writer in
            try writer.put(state)
            try writer.put(SourceState(source: "beta"))
        }
        #expect(try await store.read { try $0.sourceState("corp") } == state)
        #expect(try await store.read { try $0.sourceState("none") } == nil)
        #expect(try await store.read { try $0.sourceStates() } == [SourceState(source: "beta"), state])
    }

    @Test func aHeldPlanComesBackUntilItIsDropped() async throws {
        let removals = [
            Removal(owner: alice, evidence: .deleted), Removal(owner: bob, evidence: .notEligible),
        ]
        var plan = RemovalPlan(source: "corp", fingerprint: "f", removals: removals)
        plan.disabled = [Disabling(owner: carol, login: "carol")]
        let reasons: [HoldReason] = [
            .tooManyRemovals, .peopleDropped(from: 10, to: 2),
            .configurationChanged(keys: ["base", "filter"]),
        ]
        var hold = Hold(plan: plan, reasons: reasons, limit: 10)
        (hold.removedLately, hold.peopleBefore, hold.people) = (7, 10, 2)
        let held = HeldPlan(hold: hold, heldAt: time(9))
        try await store.mutate { try $0.hold(held) }
        #expect(try await store.read { try $0.heldPlan("corp") } == held)
        #expect(try await store.read { try $0.heldPlan("corp")?.hold.plan.id } == held.hold.plan.id)
        var newer = held
        newer.heldAt = time(10)
        try await store.mutate { [newer] in try $0.hold(newer) }
        #expect(try await store.read { try $0.heldPlans() } == [newer])
        try await store.mutate { try $0.dropHeldPlan(source: "corp") }
        #expect(try await store.read { try $0.heldPlans() } == [])
    }

    /// As it was written before the keys were.
    @Test func aPlanOfBeforeHasNoKeys() async throws {
        let plan = RemovalPlan(source: "corp", fingerprint: "f", removals: [])
        let hold = Hold(plan: plan, reasons: [.configurationChanged(keys: ["base"])], limit: 10)
        try await store.mutate { try $0.hold(HeldPlan(hold: hold, heldAt: time(9))) }
        try await store.mutate { writer in
            try writer.db.execute(sql: #"UPDATE held_plan SET reasons = '[{"configurationChanged":{}}]'"#)
        }
        let held = try await store.read { try $0.heldPlan("corp") }
        #expect(held?.hold.reasons == [.configurationChanged(keys: [])])
        #expect(held?.hold.changedKeys == [])
    }

    @Test func anAnswerIsRememberedUnderItsKeyAndScope() async throws {
        let sealed = SealedSecret(keyID: "k", bytes: [1, 2])
        let answer = IdempotentAnswer(
            key: "once", scope: "uid 0", request: ("token.create", [9, 8]), answer: (token(1).id, sealed),
            at: time(50))
        try await store.mutate { try $0.remember(answer) }
        #expect(try await store.read { try $0.idempotent(key: "once", scope: "uid 0") } == answer)
        #expect(try await store.read { try $0.idempotent(key: "once", scope: "uid 1") } == nil)
        await #expect(throws: StoreConflict.duplicateKey) {
            try await store.mutate { try $0.remember(answer) }
        }
        try await store.mutate { try $0.forgetIdempotent(before: time(50)) }
        #expect(try await store.read { try $0.idempotent(key: "once", scope: "uid 0") } == answer)
        try await store.mutate { try $0.forgetIdempotent(before: time(51)) }
        #expect(try await store.read { try $0.idempotent(key: "once", scope: "uid 0") } == nil)
    }
}

extension SyncStateTests {
    @Test func aHorizonComesBack() async throws {
        var horizon = Horizon(source: "corp")
        #expect(try await store.read { try $0.horizon("corp") } == horizon)
        try await store.mutate { [horizon] in try $0.put(horizon) }
        #expect(try await store.read { try $0.horizon("corp") } == horizon)
        horizon.progress = ServerProgress(states: ["001": "2", "002": "3"])
        horizon.servers = ["ldap://a.example", "ldap://b.example CN=NTDS Settings,CN=DC 1"]
        horizon.doubts = ["ldap://b.example CN=NTDS Settings,CN=DC 1": time(7), "ldap://a.example": time(8)]
        try await store.mutate { [horizon] in try $0.put(horizon) }
        #expect(try await store.read { try $0.horizon("corp") } == horizon)
    }

    @Test func aHorizonOfBeforeThereWereSeveralServersKeepsWhatWasSeen() async throws {
        await store.close()
        try fixture.tamper(
            """
            DROP TABLE horizon;
            \(Schema.horizon)
            INSERT INTO horizon VALUES ('corp', '001=2', 'ldap://a', 'ldap://b', 7);
            DELETE FROM grdb_migrations WHERE identifier = '10'; PRAGMA user_version = 9
            """)
        let reopened = try fixture.open()
        var horizon = Horizon(source: "corp")
        (horizon.progress, horizon.servers) = (ServerProgress(states: ["001": "2"]), ["ldap://a"])
        #expect(try await reopened.read { try $0.horizon("corp") } == horizon)
        await reopened.close()
    }

    @Test func aStateOfBeforeTheIdAttributeWasRememberedComesBackWithoutOne() async throws {
        var state = SourceState(source: "corp")
        (state.reading, state.people, state.counted, state.fingerprint) = (7, 3, 3, "f")
        try await store.mutate { [state] in try $0.put(state) }
        await store.close()
        try fixture.tamper(
            """
            ALTER TABLE source_state DROP COLUMN id_attribute;
            DELETE FROM grdb_migrations WHERE identifier = '6'; PRAGMA user_version = 5
            """)
        let reopened = try fixture.open()
        #expect(try await reopened.read { try $0.sourceState("corp") } == state)
        state.idAttribute = "entryUUID"
        try await reopened.mutate { [state] in try $0.put(state) }
        #expect(try await reopened.read { try $0.sourceState("corp") } == state)
        await reopened.close()
    }
}
