import AgentCore
import Testing
import TokenCore
import TokenStorage

/// A directory that is configured no more, or got another name.
struct FormerDirectoryTests {
    let branch = FakeDirectory("branch", logins: ["alice", "carol"])
    let fixture: AgentFixture

    init() throws {
        let corp = FakeDirectory("corp", logins: AgentFixture.logins)
        fixture = try AgentFixture([DirectorySettings(source: corp), DirectorySettings(source: branch)])
    }

    /// Alice of `branch` has a token, and one that was revoked; then `branch` is configured no more.
    private func withoutBranch() async throws -> (live: IssuedToken, revoked: IssuedToken) {
        try await fixture.syncAll()
        let live = try await fixture.create(.id(branch.owner("alice")))
        let revoked = try await fixture.create(.id(branch.owner("alice"))) { $0.name = "revoked" }
        _ = try await fixture.agent.revoke(revoked.id, reason: nil, try fixture.everyone())
        try await fixture.restart(with: [DirectorySettings(source: fixture.corp)])
        return (live, revoked)
    }

    @Test func itsPeopleDoNotMakeALoginAmbiguous() async throws {
        let (live, _) = try await withoutBranch()
        #expect(try await fixture.create("alice").token.record.owner == fixture.corp.owner("alice"))
        let peer = Peer(uid: 1000, gid: 1000, pid: 1)
        #expect(try await fixture.agent.caller(for: peer, login: "alice").owner?.id.source == "corp")
        #expect(try await fixture.agent.caller(for: peer, login: "carol").owner == nil)
        // What they have is good as before, and found by the name that only they have.
        #expect(try fixture.verify(live) == .active)
        let carol = try await fixture.agent.user(.label("carol"), fixture.everyone())
        #expect(carol.person.id == branch.owner("carol"))
    }

    @Test func itsPeopleAndTokensAreListedAsBefore() async throws {
        let (live, revoked) = try await withoutBranch()
        var users = UsersRequest(limit: 10)
        users.source = "branch"
        let right = try fixture.everyone()
        #expect(try await fixture.agent.users(users, right).lines.count == 2)
        var tokens = ListRequest(limit: 10)
        tokens.owner = .id(branch.owner("alice"))
        let found = try await fixture.agent.list(tokens, right).items.map(\.record.id)
        #expect(Set(found) == [live.id, revoked.id])
    }

    @Test func nothingNewIsMadeForItsPeople() async throws {
        _ = try await withoutBranch()
        #expect(try await failureKind { try await fixture.create("carol") } == .notFound)
        #expect(
            try await failureKind { try await fixture.create(.id(branch.owner("carol"))) }
                == .conflict(.ownerMissing))
    }

    /// Nobody hears any more whether they are still who the rule means.
    @Test(arguments: [
        Access.Rule(role: .admin, logins: [Access.Login("alice", of: "branch")]),
        Access.Rule(role: .admin, logins: [Access.Login("alice")]),
        Access.Rule(role: .admin, directoryFilter: "(memberOf=admins)"),
    ])
    func itsPeopleHaveNoRoleOverOthers(rule: Access.Rule) async throws {
        fixture.agent.change(
            AgentFixture.settings { $0.access = Access(rules: AgentFixture.access.rules + [rule]) })
        branch.change { $0.members["(memberOf=admins)"] = ["id-alice"] }
        let (live, _) = try await withoutBranch()
        let service = try await fixture.create(.id(OwnerID(source: OwnerID.serviceSource, id: "ci")))
        let caller = try await fixture.agent.caller(bearing: live.presented())
        #expect(caller.roles == [.self])
        #expect(try caller.writer().reach == .only(branch.owner("alice")))
        #expect(try await fixture.agent.caller(bearing: service.presented()).roles == [.self])
        try await fixture.restart()
        #expect(try await fixture.agent.caller(bearing: live.presented()).roles == [.admin, .self])
    }

    @Test func forgettingItEndsItsTokensAndNothingElse() async throws {
        let (live, revoked) = try await withoutBranch()
        let other = try await fixture.create("alice")
        let service = try await fixture.create(.id(OwnerID(source: OwnerID.serviceSource, id: "ci")))
        let agent = fixture.agent
        let admin = try fixture.admin()
        let dry = try await agent.forget(source: "branch", dryRun: true, admin)
        #expect(dry.dryRun && dry.people == 2 && dry.purged == 1)
        #expect(try fixture.verify(live) == .active)
        let done = try await agent.forget(source: "branch", dryRun: false, admin)
        #expect(!done.dryRun && done.people == 2 && done.purged == 1)
        #expect(try fixture.verify(live) == .unknown)
        #expect(try fixture.verify(other) == .active && fixture.verify(service) == .active)
        #expect(try await agent.directoryStatus(fixture.verifier()).map(\.source) == ["corp"])
        // What is brought back from its tombstone has an owner whom nobody vouches for.
        for token in [live, revoked] {
            _ = try await agent.restore(token.id, admin)
            #expect(try fixture.verify(token) == .refused(.suspended))
        }
        try await fixture.restart(with: [DirectorySettings(source: fixture.corp)])
        #expect(try fixture.verify(live) == .refused(.suspended))
        // Under its name again, it vouches for them.
        try await fixture.restart()
        try await fixture.syncAll()
        #expect(try fixture.verify(live) == .active)
    }

    @Test func whatIsConfiguredOrUnheardOfIsNotForgotten() async throws {
        try await fixture.syncAll()
        let (agent, admin) = (fixture.agent, try fixture.admin())
        for dryRun in [true, false] {
            #expect(
                try await failureKind { try await agent.forget(source: "branch", dryRun: dryRun, admin) }
                    == .conflict(.stillConfigured))
            for source in ["nowhere", OwnerID.serviceSource] {
                #expect(
                    try await failureKind { try await agent.forget(source: source, dryRun: dryRun, admin) }
                        == .notFound)
            }
        }
    }
}
