import Testing
import TokenCore

struct SpellingTests {
    private static let one = "caf\u{e9}"
    private static let two = "cafe\u{301}"

    @Test func whatLooksTheSameAndIsSpelledOtherwiseIsAnother() {
        #expect(Self.one == Self.two, "as Swift has it")
        #expect(Spelling(Self.one) != Spelling(Self.two))
        #expect(Set([Spelling(Self.one), Spelling(Self.two), Spelling(Self.one)]).count == 2)
        let long = String(repeating: "a", count: 100)
        #expect(Spelling(long + Self.one) != Spelling(long + Self.two))
        #expect(Spelling("") == Spelling("") && Spelling("a") != Spelling(""))
    }

    @Test func ownersAndDemandsAreComparedSo() {
        let (a, b) = (OwnerID(source: "service", id: Self.one), OwnerID(source: "service", id: Self.two))
        #expect(a != b)
        #expect([a: 1, b: 2].count == 2)
        let demand = Demand(audience: Self.one, flags: [Self.one])
        #expect(demand.unmet(audience: Self.one, flags: ["x", Self.one], write: true) == nil)
        #expect(demand.unmet(audience: Self.two, flags: [Self.one], write: true) == .wrongAudience)
        #expect(demand.unmet(audience: Self.one, flags: [Self.two], write: true) == .missingFlag)
    }
}
