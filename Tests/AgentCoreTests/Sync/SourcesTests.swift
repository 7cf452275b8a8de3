import AgentCore
import Testing
import TokenCore
import TokenStorage

/// Several directories, each for itself.
struct SourcesTests {
    let corp = FakeDirectory("corp", logins: AgentFixture.logins)
    let branch = FakeDirectory("branch", logins: AgentFixture.logins)
    let fixture: AgentFixture
    let inCorp: IssuedToken
    let inBranch: IssuedToken

    init() async throws {
        fixture = try AgentFixture([DirectorySettings(source: corp), DirectorySettings(source: branch)])
        try await fixture.syncAll()
        inCorp = try await fixture.create(.id(corp.owner("alice")))
        inBranch = try await fixture.create(.id(branch.owner("alice")))
    }

    @Test func theSameIdInTwoSourcesIsTwoPeople() async throws {
        corp.remove("alice")
        let reports = try await fixture.syncAll()
        #expect(reports.map(\.source) == ["corp", "branch"] && reports.map(\.gone) == [1, 0])
        #expect(try fixture.verify(inCorp) == .refused(.obsolete))
        #expect(try fixture.verify(inBranch) == .active)
    }

    @Test func oneThatCannotBeReadIsAReport() async throws {
        corp.change { $0.failures[.connect] = .unreachable(server: "s", code: -1, detail: "down") }
        branch.remove("alice")
        corp.remove("alice")
        let reports = try await fixture.syncAll()
        #expect(reports.map(\.complete) == [false, true])
        #expect(reports[0].error == "cannot reach s: down (-1)" && reports[0].people == 0)
        #expect(reports[1].gone == 1 && reports[1].error == nil)
        #expect(try fixture.verify(inCorp) == .active)
        #expect(try fixture.verify(inBranch) == .refused(.obsolete))
    }

    @Test func whenNoneCanBeReadThatIsAnError() async throws {
        for directory in [corp, branch] {
            directory.change { $0.failures[.connect] = .timedOut(server: directory.name, phase: "bind") }
        }
        let error = try await failure { try await fixture.syncAll() }
        #expect(error?.kind == .directoryUnavailable)
        #expect(error?.text.contains("corp: ") == true && error?.text.contains("branch: ") == true)
    }

    @Test func oneAloneMayBeRead() async throws {
        corp.remove("alice")
        branch.remove("alice")
        let reports = try await fixture.syncAll(SyncRequest(source: "branch"))
        #expect(reports.map(\.source) == ["branch"])
        #expect(try fixture.verify(inCorp) == .active)
        #expect(
            try await failureKind { try await fixture.syncAll(SyncRequest(source: "other")) }
                == .invalid("source"))
    }

    @Test func aPlanOfOneHoldsBackThatOneAlone() async throws {
        corp.change { $0.fingerprint = "other" }
        branch.remove("alice")
        let reports = try await fixture.syncAll()
        #expect(reports[0].held != nil && reports[1].accepted)
        // Not by trying it: a try would purge it.
        #expect(try await fixture.state(inBranch) == .obsolete)
        let purged = try await fixture.agent.purge(PurgeRequest(source: "branch"), try fixture.admin())
        #expect(purged.held == nil && purged.purged.map(\.token) == [inBranch.id])
        let plan = try #require(reports[0].held?.hold.plan.id)
        let wrong = try await failureKind {
            try await fixture.syncAll(SyncRequest(source: "branch", approve: plan))
        }
        #expect(wrong == .notFound)
        // Without a source, the plan says whose it is.
        let approved = try await fixture.syncAll(SyncRequest(approve: plan))
        #expect(approved.map(\.source) == ["corp"] && approved[0].accepted)
    }

    @Test func whoOneKnowsIsFoundThoughTheOtherIsDown() async throws {
        corp.change { $0.failures[.connect] = .cancelled }
        branch.add("newcomer")
        let token = try await fixture.create("newcomer")
        #expect(token.token.record.owner == branch.owner("newcomer"))
        #expect(try await failureKind { try await fixture.create("nobody") } == .directoryUnavailable)
        // Who is asked for by id concerns one source alone.
        #expect(
            try await failureKind { try await fixture.create(.id(branch.owner("nobody"))) } == .notFound)
    }
}
