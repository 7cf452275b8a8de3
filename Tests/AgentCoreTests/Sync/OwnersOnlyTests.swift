import AgentCore
import Testing
import TokenCore

/// Sources whose people are not enumerated: every owner is looked up, and nobody else.
struct OwnersOnlyTests {
    let fixture: AgentFixture
    let alices: IssuedToken
    let bobs: IssuedToken

    init() async throws {
        fixture = try AgentFixture(enumerates: false)
        alices = try await fixture.create("alice")
        bobs = try await fixture.create("bob")
    }

    @Test func onlyOwnersAreLookedUp() async throws {
        let report = try await fixture.sync()
        #expect(report.method == "owners" && report.accepted && report.people == 2)
        #expect(fixture.corp.counts.enumerated == 0)
        #expect(fixture.corp.counts.confirmed == [["id-alice", "id-bob"]])
        #expect(try await fixture.person("extra-0") == nil)
    }

    @Test func wherePeopleHaveOtherIdsNobodyIsGone() async throws {
        let fixture = try AgentFixture(
            logins: AgentFixture.logins + ["canary"], canary: "canary", enumerates: false)
        let tokens = [try await fixture.create("alice"), try await fixture.create("bob")]
        for login in ["alice", "bob", "canary"] {
            fixture.corp.remove(login)
            fixture.corp.add(login, id: "other-\(login)")
        }
        #expect(try await fixture.sync().held?.hold.reasons == [.peopleDropped(from: 2, to: 0)])
        for token in tokens { #expect(try fixture.verify(token) == .active) }
    }

    @Test func whoIsToldToHaveLeftIsGone() async throws {
        fixture.corp.tellChanges()
        try await fixture.sync()
        fixture.corp.remove("alice")
        fixture.corp.tell(hints: ["alice"], cookie: 2)
        var request = SyncRequest(source: "corp")
        request.mode = .changes
        #expect(try await fixture.syncAll(request)[0].gone == 1)
        #expect(try fixture.verify(alices) == .refused(.obsolete))
        #expect(try fixture.verify(bobs) == .active)
    }

    @Test func whoLeavesIsGone() async throws {
        fixture.corp.remove("alice")
        #expect(try await fixture.sync().gone == 1)
        #expect(try fixture.verify(alices) == .refused(.obsolete))
        #expect(try fixture.verify(bobs) == .active)
        #expect(try await fixture.sync().gone == 0)
    }

    @Test func whoIsBackHasTheirTokensBack() async throws {
        fixture.corp.remove("alice")
        try await fixture.sync()
        fixture.corp.add("alice")
        try await fixture.sync()
        #expect(try fixture.verify(alices) == .active)
    }

    @Test func whoIsDisabledIsSuspended() async throws {
        fixture.corp.disable("alice")
        #expect(try await fixture.sync().disabled == 1)
        #expect(try fixture.verify(alices) == .refused(.suspended))
        fixture.corp.disable("alice", nil)
        try await fixture.sync()
        #expect(try fixture.verify(alices) == .active)
    }

    @Test func whenNobodyIsFoundNobodyIsGone() async throws {
        fixture.corp.change { $0.people = [:] }
        #expect(try await failureKind { try await fixture.sync() } == .directoryUnavailable)
        #expect(try fixture.verify(alices) == .active)
    }

    @Test func whenNobodyCanBeAskedItIsNotRead() async throws {
        try await fixture.sync()
        let error = DirectoryError.timedOut(server: "fake", phase: "confirming")
        fixture.corp.change { $0.failures[.confirmation] = error }
        #expect(try await failure { try await fixture.sync() }?.text.contains("\(error)") == true)
        // One who cannot be asked is no reason to leave the others as they were.
        fixture.corp.change { content in
            content.failures = [:]
            content.unconfirmable["id-bob"] = error
        }
        fixture.corp.disable("alice")
        #expect(try await fixture.sync().disabled == 1)
        #expect(try fixture.verify(bobs) == .active)
    }

    @Test func whereAllTheOthersAreGoneAlreadyReadingsGoOn() async throws {
        fixture.corp.remove("alice")
        try await fixture.sync()
        _ = try await fixture.agent.revoke(bobs.id, reason: nil, try fixture.everyone())
        // Nobody is left who could be found, and nothing is taken from anybody.
        let report = try await fixture.sync()
        #expect(report.accepted && report.gone == 0)
        #expect(try fixture.verify(alices) == .refused(.obsolete))
    }

    @Test func theGuardCountsHereToo() async throws {
        for number in 0..<11 {
            fixture.corp.add("leaver-\(number)")
            try await fixture.create("leaver-\(number)")
        }
        try await fixture.sync()
        fixture.corp.remove((0..<11).map { "leaver-\($0)" })
        let report = try await fixture.sync()
        #expect(report.held?.hold.reasons == [.tooManyRemovals])
        #expect(try await fixture.sync(approve: try #require(report.held?.hold.plan.id)).gone == 11)
    }
}
