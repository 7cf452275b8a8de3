import AgentCore
import Testing
import TokenCore

/// What becomes of the tokens of people who leave, move, are disabled, and come back.
struct LeavingTests {
    let fixture: AgentFixture
    let alices: IssuedToken
    let bobs: IssuedToken

    init() async throws {
        fixture = try AgentFixture()
        try await fixture.sync()
        alices = try await fixture.create("alice")
        bobs = try await fixture.create("bob")
    }

    @Test func whoLeavesIsGoneAndTheirTokensObsolete() async throws {
        fixture.corp.remove("alice")
        let report = try await fixture.sync()
        #expect(report.complete && report.accepted && report.held == nil && report.error == nil)
        #expect(report.gone == 1 && report.missing == 0 && report.people == 11)
        #expect(report.method == "fake")
        let record = try await fixture.person("alice")
        #expect(record?.standing == .gone && record?.evidence == .deleted)
        #expect(record?.since == fixture.clock.now)
        #expect(try fixture.verify(alices) == .refused(.obsolete))
        #expect(try fixture.verify(bobs) == .active)
        // Only owners who were not seen are asked about, and then somebody who is there.
        let confirmed = fixture.corp.counts.confirmed
        #expect(confirmed.dropFirst().first == ["id-alice"])
        #expect(confirmed.last?.count == 1 && confirmed.last != ["id-alice"])
    }

    @Test func whoIsBackHasTheirTokensBack() async throws {
        fixture.corp.remove("alice")
        try await fixture.sync()
        #expect(try await fixture.sync().gone == 0)
        fixture.corp.add("alice")
        let report = try await fixture.sync()
        #expect(report.added == 0 && report.changed == 1)
        #expect(try fixture.verify(alices) == .active)
        let record = try await fixture.person("alice")
        #expect(record?.standing == .present && record?.evidence == nil)
        #expect(record?.since == fixture.clock.now)
    }

    @Test func whatWasPurgedStaysSo() async throws {
        fixture.corp.remove("alice")
        try await fixture.sync()
        _ = try await fixture.agent.purge(PurgeRequest(), try fixture.admin())
        fixture.corp.add("alice")
        try await fixture.sync()
        #expect(try fixture.verify(alices) == .unknown)
    }

    @Test func tokensFollowARename() async throws {
        fixture.corp.edit("alice") { person in
            (person.login, person.email) = ("alice.smith", "alice.smith@corp.example")
            person.dn = "uid=alice.smith,ou=elsewhere,dc=corp"
        }
        let report = try await fixture.sync()
        #expect(report.changed == 1 && report.gone == 0)
        let view = try await fixture.show(alices)
        #expect(view.state == .active && view.login == "alice.smith")
        #expect(view.email == "alice.smith@corp.example")
        let answer = fixture.agent.verify(try alices.presented(), for: Demand(), try fixture.verifier())
        guard case .active(_, let owner) = answer else {
            Issue.record("not active")
            return
        }
        #expect(owner.login == "alice.smith")
        #expect(try await failureKind { try await fixture.create("alice", name: "n") } == .notFound)
        // The date of a standing outlives a change of labels.
        #expect(try await fixture.person("alice")?.since != fixture.clock.now)
    }

    @Test func aNewPersonUnderAnOldLoginInheritsNothing() async throws {
        fixture.corp.remove("alice")
        let new = fixture.corp.add("alice", id: "rehired")
        let report = try await fixture.sync()
        #expect(report.gone == 1 && report.added == 1)
        #expect(try fixture.verify(alices) == .refused(.obsolete))
        let token = try await fixture.create("alice")
        #expect(token.token.record.owner == new)
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.agent.user(.label("alice"), try fixture.everyone()).tokens.count == 1)
        let caller = try await fixture.agent.caller(for: Peer(uid: 1, gid: 1, pid: 1), login: "alice")
        #expect(caller.person == new)
    }

    @Test func whoIsDisabledIsSuspendedUntilEnabled() async throws {
        fixture.corp.disable("alice")
        let disabled = try await fixture.sync()
        #expect(disabled.disabled == 1 && disabled.gone == 0 && disabled.changed == 1)
        #expect(try fixture.verify(alices) == .refused(.suspended))
        let since = try await fixture.person("alice")?.since
        // Another reason is no other standing.
        fixture.corp.disable("alice", "expired")
        #expect(try await fixture.sync().disabled == 0)
        #expect(try await fixture.person("alice")?.since == since)
        fixture.corp.disable("alice", nil)
        try await fixture.sync()
        #expect(try fixture.verify(alices) == .active)
    }

    @Test(arguments: [Presence.moved(dn: "ou=left"), .notEligible(dn: "uid=alice")])
    func whoIsElsewhereOrOutsideTheFilterIsOnlySuspended(presence: Presence) async throws {
        fixture.corp.remove("alice")
        fixture.corp.change { $0.outside["id-alice"] = presence }
        let report = try await fixture.sync()
        #expect(report.gone == 0 && report.missing == 1)
        #expect(try fixture.verify(alices) == .refused(.suspended))
        #expect(try await fixture.person("alice")?.evidence == presence.evidence)
        let again = try await fixture.sync()
        #expect(again.gone == 0 && again.missing == 0)
        _ = try await fixture.agent.purge(PurgeRequest(), try fixture.admin())
        fixture.clock.advance(.days(10))
        try await fixture.sync()
        #expect(try fixture.verify(alices) == .refused(.suspended))
        // Then they are deleted altogether, or come back.
        fixture.corp.change { $0.outside = [:] }
        #expect(try await fixture.sync().gone == 1)
        #expect(try fixture.verify(alices) == .refused(.obsolete))
        fixture.corp.add("alice")
        try await fixture.sync()
        #expect(try await fixture.state(alices) != .suspended)
    }

    @Test func whoCannotBeConfirmedStaysAsTheyAre() async throws {
        fixture.corp.remove("alice", "bob")
        fixture.corp.change { $0.unconfirmable["id-alice"] = .refused(server: "s", code: 51, detail: "busy") }
        let report = try await fixture.sync()
        #expect(report.complete && report.gone == 1)
        #expect(report.error?.contains("1 owners could not be confirmed") == true)
        #expect(try fixture.verify(alices) == .active)
        #expect(try fixture.verify(bobs) == .refused(.obsolete))
        fixture.corp.change { $0.unconfirmable = [:] }
        #expect(try await fixture.sync().gone == 1)
        #expect(try fixture.verify(alices) == .refused(.obsolete))
    }

    @Test func whoIsPresentAfterAllIsSeen() async throws {
        // Added between the enumeration of their page and the confirmation.
        let gate = fixture.corp.gate(.confirmation)
        fixture.corp.remove("alice")
        async let report = fixture.sync()
        await gate.arrival()
        fixture.corp.add("alice")
        fixture.corp.change { $0.gates = [:] }
        gate.open()
        #expect(try await report.gone == 0)
        #expect(try await report.people == AgentFixture.logins.count)
        #expect(try fixture.verify(alices) == .active)
    }

    @Test func servicesNeverLeave() async throws {
        let robot = try await fixture.create(.id(OwnerID(source: "service", id: "robot")))
        fixture.corp.remove("alice")
        try await fixture.sync()
        fixture.clock.advance(.days(2))
        try await fixture.sync()
        _ = try await fixture.agent.purge(PurgeRequest(), try fixture.admin())
        #expect(try fixture.verify(robot) == .active)
        #expect(fixture.corp.counts.confirmed.allSatisfy { !$0.contains("robot") })
    }

    @Test func peopleWithoutTokensAreForgotten() async throws {
        fixture.corp.remove("extra-3")
        let report = try await fixture.sync()
        #expect(report.gone == 0 && report.people == 11)
        #expect(try await fixture.person("extra-3") == nil)
        #expect(fixture.corp.counts.confirmed == [[], []])
    }

    @Test func nothingNewIsNothingWritten() async throws {
        let revision = fixture.revision
        let report = try await fixture.sync()
        #expect(report.added == 0 && report.changed == 0 && report.disabled == 0 && report.gone == 0)
        #expect(fixture.revision == revision)
        #expect(try await fixture.sourceState()?.reading == 2)
    }

    @Test func whoLeftTombstonesAloneIsMissingAndARestoredTokenSuspended() async throws {
        let id = alices.token.record.id
        _ = try await fixture.agent.revoke(id, reason: nil, fixture.everyone())
        fixture.corp.remove("alice")
        try await fixture.sync()
        #expect(try await fixture.person("alice")?.standing == .missing)
        let restored = try await fixture.agent.restore(id, fixture.admin())
        #expect(restored.state == .suspended)
        #expect(try fixture.verify(alices) == .refused(.suspended))
    }
}
