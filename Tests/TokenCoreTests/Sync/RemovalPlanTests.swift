import Testing
import TokenCore

struct RemovalPlanTests {
    private func plan(
        _ removals: [Removal], source: String = "corp", fingerprint: String = "f"
    ) -> RemovalPlan {
        RemovalPlan(source: source, fingerprint: fingerprint, removals: removals)
    }

    private let both = [Removal(owner: alice, evidence: .deleted), Removal(owner: bob, evidence: .moved)]

    @Test func theIdIsStableUnderOrderAndLabels() {
        let original = plan(both)
        #expect(plan(both.reversed()) == original)
        #expect(plan(both.reversed()).id == original.id)
        let labelled = both.map { Removal(owner: $0.owner, login: "somebody", evidence: $0.evidence) }
        #expect(plan(labelled).id == original.id)
    }

    @Test func theIdDiffersWithTheContent() {
        let ids = [
            plan([]), plan(both), plan([both[0]]), plan([both[1]]),
            plan([both[0], Removal(owner: bob, evidence: .deleted)]),
            plan([both[0], Removal(owner: bob, evidence: .notEligible)]),
            plan(both, source: "branch"), plan(both, fingerprint: "g"),
        ].map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.count == 16 })
    }

    @Test func `the id covers who is disabled, in whatever order`() {
        var (one, both, turned) = (plan([]), plan([]), plan([]))
        one.disabled = [Disabling(owner: alice)]
        both.disabled = [Disabling(owner: alice), Disabling(owner: bob)]
        turned.disabled = [Disabling(owner: bob, login: "bob"), Disabling(owner: alice)]
        let gone = plan([Removal(owner: alice, evidence: .deleted)])
        #expect(Set([plan([]), one, both, gone].map(\.id)).count == 4)
        #expect(both.id == turned.id)
        #expect(plan([]).effect == "would remove 0")
        #expect(both.effect == "would remove 0 and suspend 2 as disabled")
    }

    @Test func partsDoNotRunTogether() {
        let one = Removal(owner: OwnerID(source: "corp", id: "xdeleted"), evidence: .deleted)
        let two = Removal(owner: OwnerID(source: "corp", id: "x"), evidence: .deleted)
        #expect(plan([one]).id != plan([two]).id)
        #expect(plan([], source: "ab", fingerprint: "c").id != plan([], source: "a", fingerprint: "bc").id)
        #expect(ContentHash.short(["a", ""]) != ContentHash.short(["a"]))
        #expect(ContentHash.short(["1:a"]) != ContentHash.short(["1", "a"]))
    }

    @Test func presentAndUnknownNeverRemove() {
        let unreachable = DirectoryError.unreachable(server: "s", code: -1, detail: "d")
        let plan = RemovalPlan(
            source: "corp", fingerprint: "f",
            confirmed: [
                "p": .present(person("p")), "u": .unknown(unreachable), "d": .deleted,
                "m": .moved(dn: "uid=m"), "n": .notEligible(dn: "uid=n"),
            ],
            logins: ["d": "dora"])
        #expect(plan.removals.map(\.owner.id) == ["d", "m", "n"])
        #expect(plan.removals.map(\.evidence) == [.deleted, .moved, .notEligible])
        #expect(plan.removals.map(\.login) == ["dora", "", ""])
        #expect(plan.removals.map(\.evidence.standing) == [.gone, .missing, .missing])
    }
}
