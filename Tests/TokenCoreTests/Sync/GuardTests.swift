import Testing
import TokenCore

struct GuardTests {
    private let limits = GuardLimits()

    private func plan(removing count: Int, fingerprint: String = "f") -> RemovalPlan {
        let removals = (0..<count).map { number in
            Removal(owner: OwnerID(source: "corp", id: "\(number)"), evidence: .deleted)
        }
        return RemovalPlan(source: "corp", fingerprint: fingerprint, removals: removals)
    }

    private func hold(
        removing count: Int, owners: Int, people: Int = 1000, before: Int = 1000, last: String? = "f"
    ) -> Hold? {
        limits.hold(
            plan(removing: count), people: people,
            last: LastReading(fingerprint: last, people: before, owners: owners))
    }

    @Test func tenMayGoAndElevenMayNot() throws {
        #expect(hold(removing: 10, owners: 10) == nil)
        let held = try #require(hold(removing: 11, owners: 11))
        #expect(held.reasons == [.tooManyRemovals])
        #expect(held.limit == 10)
        #expect(held.plan == plan(removing: 11))
    }

    @Test(arguments: [(200, 10), (219, 10), (220, 11), (400, 20), (419, 20), (420, 21)])
    func ofManyOwnersFivePercentMayGo(owners: Int, limit: Int) {
        #expect(hold(removing: limit, owners: owners) == nil)
        let held = hold(removing: limit + 1, owners: owners)
        #expect(held?.limit == limit && held?.reasons == [.tooManyRemovals])
    }

    @Test func aFifthOfThePeopleMayBeMissingAndNoMore() {
        #expect(hold(removing: 0, owners: 0, people: 80, before: 100) == nil)
        #expect(
            hold(removing: 0, owners: 0, people: 79, before: 100)?.reasons
                == [.peopleDropped(from: 100, to: 79)])
        #expect(hold(removing: 0, owners: 0, people: 4, before: 5) == nil)
        #expect(hold(removing: 0, owners: 0, people: 3, before: 5) != nil)
        #expect(hold(removing: 0, owners: 0, people: 0, before: 1) != nil)
        #expect(hold(removing: 0, owners: 0, people: 5000, before: 100) == nil)
    }

    @Test func anotherFingerprintHoldsEvenWhatRemovesNobody() {
        let held = hold(removing: 0, owners: 5, last: "other")
        #expect(held?.reasons == [.configurationChanged(keys: [])])
        #expect(held?.plan.removals.isEmpty == true)
    }

    @Test func theFirstReadingHasNothingToFallFrom() {
        #expect(hold(removing: 10, owners: 10, people: 3, before: 0, last: nil) == nil)
        #expect(
            hold(removing: 11, owners: 11, people: 3, before: 0, last: nil)?.reasons == [.tooManyRemovals])
    }

    @Test func everyReasonIsTold() {
        let held = hold(removing: 50, owners: 50, people: 10, before: 100, last: "other")
        #expect(
            held?.reasons == [
                .tooManyRemovals, .configurationChanged(keys: []), .peopleDropped(from: 100, to: 10),
            ])
    }

    @Test func withoutLimitsNobodyMayGo() {
        let strict = GuardLimits(removalsMax: 0, removalsPercentMax: 0, dropPercentMax: 0)
        let last = LastReading(fingerprint: "f", people: 100, owners: 100)
        #expect(strict.hold(plan(removing: 0), people: 100, last: last) == nil)
        #expect(strict.hold(plan(removing: 1), people: 100, last: last)?.limit == 0)
        #expect(strict.hold(plan(removing: 0), people: 99, last: last) != nil)
    }
}
