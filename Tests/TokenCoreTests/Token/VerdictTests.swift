import Testing
import TokenCore

struct VerdictTests {
    /// In the order of rank: the first that applies decides. Written from the protocol's text, not from the
    /// code.
    private let rules: [(applies: (Situation) -> Bool, verdict: Verdict)] = [
        ({ ![.right, .formerInGrace].contains($0.secret) }, .wrongSecret),
        ({ $0.ending == .purged }, .wrongSecret),
        ({ $0.ending == .revoked }, .refused(.revoked)),
        ({ $0.standing == .gone }, .refused(.obsolete)),
        ({ [.now, .earlier].contains($0.expiry) }, .refused(.expired)),
        ({ [.disabled, .missing].contains($0.standing) }, .refused(.suspended)),
        ({ $0.audience == .other }, .refused(.wrongAudience)),
        ({ $0.flags == .oneMissing }, .refused(.missingFlag)),
        ({ $0.writes && !$0.mayWrite }, .refused(.readOnly)),
    ]

    @Test func everySituationHasTheVerdictOfTheTable() {
        var situations = 0
        var counts: [Verdict: Int] = [:]
        for situation in Situation.all {
            situations += 1
            let expected = rules.first { $0.applies(situation) }?.verdict ?? .active
            let verdict = situation.verdict
            counts[verdict, default: 0] += 1
            if verdict != expected { Issue.record("\(situation) is \(verdict), not \(expected)") }
        }
        #expect(situations == Situation.count)
        // Two secrets, present, two expiries, two audiences, two flags, three of four ways to write.
        #expect(counts[.active] == 2 * 1 * 2 * 2 * 2 * 3)
        #expect(counts.count == 2 + Refusal.allCases.count)
    }

    @Test func aSecretThatIsWrongTellsNothingOfTheToken() {
        for situation in Situation.all {
            var situation = situation
            situation.secret = .wrong
            if situation.verdict != .wrongSecret { Issue.record("\(situation)") }
        }
    }

    @Test func theShownStateAgreesWithTheVerdict() {
        let refusals: [TokenState: Verdict] = [
            .active: .active, .expired: .refused(.expired), .suspended: .refused(.suspended),
            .obsolete: .refused(.obsolete), .revoked: .refused(.revoked), .purged: .wrongSecret,
        ]
        for situation in Situation.all {
            guard situation.secret == .right, situation.audience != .other, situation.flags != .oneMissing,
                !situation.writes
            else { continue }
            let state = situation.record.state(standing: situation.standing, at: Situation.now)
            if refusals[state] != situation.verdict { Issue.record("\(situation) is \(state)") }
        }
    }

    @Test func theFormerSecretNeverReplacesThePresentOne() {
        for situation in Situation.all {
            guard situation.secret == .formerAfterGrace else { continue }
            var record = situation.record
            record.ending = nil
            record.expiresAt = nil
            let verdict = record.verdict(
                on: record.secret, for: Demand(), standing: .present, at: Situation.now)
            if verdict != .active { Issue.record("\(situation)") }
        }
    }

    @Test func demandsAreMetByAnyOrderOfFlags() {
        var situation = Situation(number: 0)
        situation.flags = .held
        #expect(situation.verdict == .active)
        let demand = Demand(flags: ["sync", "read", "sync"])
        let verdict = situation.record.verdict(
            on: situation.presented, for: demand, standing: .present, at: Situation.now)
        #expect(verdict == .active)
        situation.flags = .oneMissing
        #expect(situation.verdict == .refused(.missingFlag))
    }
}
