import AgentCore
import Testing
import TokenCore

/// What a directory tells of changes between two full readings.
struct ChangeTests {
    let fixture: AgentFixture
    let alices: IssuedToken
    let bobs: IssuedToken

    init() async throws {
        fixture = try AgentFixture()
        fixture.corp.tellChanges()
        try await fixture.sync()
        alices = try await fixture.create("alice")
        bobs = try await fixture.create("bob")
    }

    @discardableResult
    private func changes() async throws -> SyncReport {
        var request = SyncRequest(source: "corp")
        request.mode = .changes
        return try await fixture.syncAll(request)[0]
    }

    /// Whether they are still in the groups of before they went away is not known before everybody is read.
    @Test(arguments: [nil, Presence.notEligible(dn: "uid=alice,ou=people,dc=corp")])
    func whoComesBackHasNoneOfTheirFormerGroups(was: Presence?) async throws {
        let rule = Access.Rule(role: .admin, directoryFilter: "(g=a)")
        fixture.agent.change(AgentSettings(access: Access(rules: [rule])))
        fixture.corp.change { $0.members["(g=a)"] = ["id-alice", "id-bob"] }
        try await fixture.sync()
        #expect(try await fixture.person("alice")?.memberships == ["(g=a)"])
        let alice = try #require(fixture.corp.now.people["id-alice"])
        fixture.corp.remove("alice")
        fixture.corp.change { content in
            content.members["(g=a)"] = ["id-bob"]
            content.outside["id-alice"] = was
        }
        fixture.corp.tell(hints: ["alice"], cookie: 2)
        try await changes()
        #expect(try await fixture.person("alice")?.standing == (was == nil ? .gone : .missing))
        fixture.corp.change { $0.people[alice.id.id] = alice }
        fixture.corp.tell(upserts: ["alice"], cookie: 3)
        try await changes()
        #expect(try await fixture.person("alice")?.standing == .present)
        #expect(try await fixture.person("alice")?.memberships == [])
        // Who is disabled is read with everybody else, and is in their groups as the last reading saw them.
        for reason in ["locked", nil] {
            fixture.corp.disable("bob", reason)
            fixture.corp.tell(upserts: ["bob"], cookie: reason == nil ? 5 : 4)
            try await changes()
        }
        #expect(try await fixture.person("bob")?.memberships == ["(g=a)"])
        fixture.corp.change { $0.members["(g=a)"] = ["id-alice"] }
        try await fixture.sync()
        #expect(try await fixture.person("alice")?.memberships == ["(g=a)"])
    }

    /// Twelve people with tokens, among so many that their leaving is no drop.
    private func crowd() async throws -> [IssuedToken] {
        for number in 0..<40 { fixture.corp.add("neighbour-\(number)") }
        return try await fixture.populate(12)
    }

    @Test func aDropInPeopleHoldsChangesToo() async throws {
        // Of twelve people two may go; whose tokens they are does not matter.
        for number in 0..<3 {
            fixture.corp.remove("extra-\(number)")
            fixture.corp.tell(hints: ["extra-\(number)"], cookie: UInt8(10 + number))
            if number < 2 { #expect(try await changes().held == nil) }
        }
        #expect(try await changes().held?.hold.reasons == [.peopleDropped(from: 12, to: 9)])
        // Nor does reading everybody let it pass.
        #expect(try await fixture.sync().held?.hold.reasons == [.peopleDropped(from: 12, to: 9)])
        #expect(try fixture.verify(alices) == .active)
    }

    @Test func whoCameByChangesIsMissedByAReadingThatDoesNotSeeThem() async throws {
        let newcomers = (0..<20).map { "newcomer-\($0)" }
        for login in newcomers { fixture.corp.add(login) }
        fixture.corp.tell(upserts: newcomers, cookie: 2)
        #expect(try await changes().people == 32)
        let token = try await fixture.create("newcomer-0")
        fixture.corp.remove(newcomers)
        fixture.clock.advance(.minutes(1))
        #expect(try await fixture.sync().held?.hold.reasons == [.peopleDropped(from: 32, to: 12)])
        #expect(try fixture.verify(token) == .active)
    }

    @Test func whoGetsAFirstTokenWhileTheyAreLookedUpIsJudgedAllTheSame() async throws {
        fixture.corp.remove("extra-0")
        fixture.corp.tell(hints: ["extra-0"], cookie: 2)
        let gate = fixture.corp.gate(.confirmation)
        async let told = changes()
        await gate.arrival()
        let token = try await fixture.create("extra-0")
        fixture.corp.change { $0.gates = [:] }
        gate.open()
        #expect(try await told.gone == 1)
        #expect(try fixture.verify(token) == .refused(.obsolete))
        #expect(try await fixture.sourceState()?.cookie == FakeDirectory.cookie(2))
        #expect(try await fixture.sourceState()?.people == 11)
    }

    @Test func moreFirstTokensThanMayGoUnaskedAreToldAgain() async throws {
        let fixture = try AgentFixture(limits: GuardLimits(removalsMax: 0))
        fixture.corp.tellChanges()
        try await fixture.sync()
        func changes() async throws -> SyncReport {
            var request = SyncRequest(source: "corp")
            request.mode = .changes
            return try await fixture.syncAll(request)[0]
        }
        fixture.corp.remove("extra-0")
        fixture.corp.tell(hints: ["extra-0"], cookie: 2)
        let gate = fixture.corp.gate(.confirmation)
        async let told = changes()
        await gate.arrival()
        let token = try await fixture.create("extra-0")
        fixture.corp.change { $0.gates = [:] }
        gate.open()
        #expect(try await told.gone == 0)
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.sourceState()?.cookie == FakeDirectory.cookie(1))
        #expect(try await fixture.sourceState()?.people == 12)
        #expect(try await changes().held?.hold.reasons == [.tooManyRemovals])
    }

    @Test func whoHoldsTheirTokensAnewAllTheTimeIsJudgedAsEverybody() async throws {
        fixture.corp.remove("alice")
        fixture.corp.tell(hints: ["alice"], cookie: 2)
        let gate = fixture.corp.gate(.confirmation)
        async let told = changes()
        await gate.arrival()
        _ = try await fixture.create("alice", name: "another")
        let renewed = try await fixture.agent.rotate(
            RotateRequest(id: alices.id, renew: true), fixture.everyone())
        fixture.corp.change { $0.gates = [:] }
        gate.open()
        #expect(try await told.gone == 1)
        #expect(try fixture.verify(renewed) == .refused(.obsolete))
        #expect(try await fixture.sourceState()?.cookie == FakeDirectory.cookie(2))
    }

    @Test func whoIsFoundWhileTheyAreLookedUpIsToldAgain() async throws {
        fixture.corp.remove("alice")
        fixture.corp.tell(hints: ["alice"], cookie: 2)
        let gate = fixture.corp.gate(.confirmation)
        async let told = changes()
        await gate.arrival()
        // Another server of the same directory still has her, by an address that is not her login's.
        fixture.corp.add("alice", email: "a.liddell@corp.example")
        _ = try await fixture.create("a.liddell@corp.example", name: "another")
        fixture.corp.remove("alice")
        fixture.corp.change { $0.gates = [:] }
        gate.open()
        #expect(try await told.gone == 0)
        #expect(try fixture.verify(alices) == .active)
        #expect(try await fixture.sourceState()?.cookie == FakeDirectory.cookie(1))
        #expect(try await changes().gone == 1)
    }

    /// Of one that the daemon was started with: a leap that it sees is never on record.
    @Test func whatAClockThatWasAheadHasWrittenDoesNotCount() async throws {
        let tokens = try await crowd()
        fixture.clock.leap(.days(400))
        try await fixture.restart()
        for number in 0..<8 { fixture.corp.remove("person-\(number)") }
        #expect(try await fixture.sync().gone == 8)
        fixture.clock.leap(.days(-400))
        for number in 8..<11 { fixture.corp.remove("person-\(number)") }
        let report = try await fixture.sync()
        #expect(report.gone == 3 && report.held == nil)
        #expect(try fixture.verify(tokens[11]) == .active)
    }

    @Test func whatChangesHaveRemovedCountsInAFullReading() async throws {
        let tokens = try await crowd()
        for number in 0..<10 {
            fixture.corp.remove("person-\(number)")
            fixture.corp.tell(hints: ["person-\(number)"], cookie: UInt8(10 + number))
            try await changes()
        }
        fixture.corp.remove("person-10")
        let held = try #require(try await fixture.sync().held)
        #expect(held.hold.reasons == [.tooManyRemovals])
        #expect(held.hold.removedLately == 10 && held.hold.plan.removals.count == 1)
        #expect(try fixture.verify(tokens[10]) == .active)
        // Who has approved has seen them all.
        #expect(try await fixture.sync(approve: held.hold.plan.id).gone == 1)
        fixture.corp.remove("person-11")
        fixture.corp.tell(hints: ["person-11"], cookie: 40)
        #expect(try await changes().gone == 1)
    }

    @Test func aDepartureThatIsToldIsLookedUpAndActsAtOnce() async throws {
        fixture.corp.remove("alice")
        fixture.corp.tell(hints: ["alice"], cookie: 2)
        let report = try await changes()
        #expect(report.complete && report.gone == 1 && report.method == "content sync")
        #expect(try fixture.verify(alices) == .refused(.obsolete))
        #expect(try fixture.verify(bobs) == .active)
        #expect(fixture.corp.counts.enumerated == 1)
        #expect(try await fixture.sourceState()?.cookie == FakeDirectory.cookie(2))
    }

    @Test func aHintAboutSomebodyWhoIsThereTakesNothingAway() async throws {
        fixture.corp.tell(hints: ["alice", "bob", "extra-1"], cookie: 2)
        let report = try await changes()
        #expect(report.complete && report.gone == 0)
        #expect(try fixture.verify(alices) == .active)
    }

    @Test func aHintThatCannotBeLookedUpChangesNothingAndIsAskedForAgain() async throws {
        fixture.corp.remove("alice")
        fixture.corp.change { $0.unconfirmable["id-alice"] = .timedOut(server: "fake", phase: "confirming") }
        fixture.corp.tell(hints: ["alice"], cookie: 2)
        await #expect(throws: AgentError.self) { try await changes() }
        #expect(try fixture.verify(alices) == .active)
        #expect(try await fixture.sourceState()?.cookie == FakeDirectory.cookie(1))
    }

    @Test func whatIsCutOffHasNeitherItsEffectsNorItsCookie() async throws {
        fixture.corp.remove("alice")
        fixture.corp.tell(hints: ["alice"], cookie: 2)
        let gate = fixture.corp.gate(.confirmation)
        async let cut = failureKind { try await changes() }
        await gate.arrival()
        // The store is closed under it, as by a crash.
        try await fixture.restart()
        fixture.corp.change { $0.gates = [:] }
        gate.open()
        #expect(try await cut == .storageUnavailable)
        #expect(try fixture.verify(alices) == .active)
        #expect(try await fixture.sourceState()?.cookie == FakeDirectory.cookie(1))
        #expect(try await changes().gone == 1)
        #expect(try await fixture.sourceState()?.cookie == FakeDirectory.cookie(2))
    }

    @Test func theHourOfTheGuardOutlivesARestart() async throws {
        let tokens = try await crowd()
        for number in 0..<10 {
            fixture.corp.remove("person-\(number)")
            fixture.corp.tell(hints: ["person-\(number)"], cookie: UInt8(10 + number))
            try await changes()
        }
        try await fixture.restart()
        fixture.corp.remove("person-10")
        fixture.corp.tell(hints: ["person-10"], cookie: 30)
        #expect(try await changes().held?.hold.reasons == [.tooManyRemovals])
        #expect(try fixture.verify(tokens[10]) == .active)
    }

    @Test func labelsNewcomersAndDisablingsAreTaken() async throws {
        fixture.corp.edit("alice") { $0.email = "a@corp.example" }
        fixture.corp.disable("bob")
        fixture.corp.add("carol")
        fixture.corp.tell(upserts: ["alice", "bob", "carol"], cookie: 2)
        let report = try await changes()
        #expect(report.added == 1 && report.changed == 2 && report.disabled == 1 && report.people == 13)
        #expect(try await fixture.show(alices).email == "a@corp.example")
        #expect(try fixture.verify(bobs) == .refused(.suspended))
        #expect(try await fixture.person("carol") != nil)
        // A disabling is looked up before it is believed.
        #expect(fixture.corp.counts.confirmed.last == ["id-bob"])
    }

    @Test func whatCannotBeToldIsReadInFull() async throws {
        fixture.corp.remove("alice")
        fixture.corp.tell(cookie: 2, incompleteness: "the server was set back")
        let report = try await changes()
        #expect(report.method == "fake" && report.gone == 1)
        #expect(fixture.corp.counts.enumerated == 2)
        #expect(try await fixture.sourceState()?.cookie == FakeDirectory.cookie(2))
    }

    @Test func aChangedConfigurationIsReadInFullAndHeld() async throws {
        fixture.corp.tell(cookie: 2)
        fixture.corp.change { $0.fingerprint = "fingerprint-2" }
        #expect(try await changes().held?.hold.reasons == [.configurationChanged(keys: [])])
    }

    @Test func theGuardAddsUpWhatManySmallChangesRemove() async throws {
        let tokens = try await crowd()
        for number in 0..<10 {
            fixture.corp.remove("person-\(number)")
            fixture.corp.tell(hints: ["person-\(number)"], cookie: UInt8(10 + number))
            #expect(try await changes().gone == 1)
        }
        fixture.corp.remove("person-10")
        fixture.corp.tell(hints: ["person-10"], cookie: 30)
        let report = try await changes()
        #expect(report.held?.hold.reasons == [.tooManyRemovals] && report.gone == 0)
        #expect(try fixture.verify(tokens[10]) == .active)
        let plan = try #require(report.held?.hold.plan)
        #expect(plan.removals.map(\.login) == ["person-10"])
        #expect(try await fixture.sync(approve: plan.id).gone == 1)
        #expect(try fixture.verify(tokens[10]) == .refused(.obsolete))
        #expect(try fixture.verify(tokens[11]) == .active)
    }

    @Test func anHourLaterTheGuardHasForgottenThem() async throws {
        let tokens = try await crowd()
        for number in 0..<10 {
            fixture.corp.remove("person-\(number)")
            fixture.corp.tell(hints: ["person-\(number)"], cookie: UInt8(10 + number))
            try await changes()
        }
        fixture.clock.advance(.hours(1))
        fixture.corp.remove("person-10")
        fixture.corp.tell(hints: ["person-10"], cookie: 30)
        #expect(try await changes().gone == 1)
        #expect(try fixture.verify(tokens[10]) == .refused(.obsolete))
    }

    @Test func aBystanderWhoLeavesIsForgotten() async throws {
        fixture.corp.remove("extra-1")
        fixture.corp.tell(hints: ["extra-1"], cookie: 2)
        let report = try await changes()
        #expect(report.gone == 0 && report.people == 11)
        #expect(try await fixture.person("extra-1") == nil)
    }
}
