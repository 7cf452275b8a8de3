import AgentCore
import Testing
import TokenCore

struct CallerTests {
    let fixture: AgentFixture

    init() async throws {
        fixture = try AgentFixture()
        try await fixture.sync()
    }

    private func peer(_ uid: UInt32) -> Peer { Peer(uid: uid, gid: uid, pid: 1) }

    private func bearer(_ token: IssuedToken) async throws -> Caller {
        try await fixture.agent.caller(bearing: try token.presented())
    }

    private func admins(_ rule: Access.Rule) {
        fixture.agent.change(
            AgentFixture.settings { $0.access = Access(rules: AgentFixture.access.rules + [rule]) })
    }

    @Test func aLocalUserIsThePersonOfTheSameLogin() async throws {
        let caller = try await fixture.agent.caller(for: peer(1000), login: "Alice")
        #expect(caller.name == "uid 1000 (Alice)")
        #expect(caller.roles == [.verifier, .self])
        #expect(caller.person == fixture.corp.owner("alice"))
        #expect(try caller.writer().reach == .only(fixture.corp.owner("alice")))
        #expect(throws: AgentError.self) { try caller.admin() }
    }

    @Test func whoIsNobodyInTheDirectoriesHasNoTokens() async throws {
        for login in ["nobody", nil] {
            let caller = try await fixture.agent.caller(for: peer(1000), login: login)
            #expect(caller.person == nil)
            #expect(throws: AgentError.self) { try caller.reader() }
            _ = try caller.verifier()
        }
        // An e-mail is no login.
        let caller = try await fixture.agent.caller(for: peer(1000), login: "alice@corp.example")
        #expect(caller.person == nil)
        #expect(fixture.corp.counts.found == 0)
    }

    @Test func whoBearsATokenIsItsOwnerAndCarriesThatToken() async throws {
        let token = try await fixture.create("alice")
        let caller = try await bearer(token)
        #expect(
            caller.owner
                == OwnerLabels(
                    id: fixture.corp.owner("alice"), login: "alice", email: "alice@corp.example"))
        #expect(try await fixture.agent.token(of: caller)?.record.createdAt == fixture.clock.now)
        #expect(try await fixture.agent.token(of: fixture.root) == nil)
    }

    @Test func aLoginOfTwoPeopleIsNeither() async throws {
        let branch = FakeDirectory("branch", logins: ["alice"])
        let corp = FakeDirectory("corp", logins: ["alice", "bob"])
        let fixture = try AgentFixture([DirectorySettings(source: corp), DirectorySettings(source: branch)])
        try await fixture.syncAll()
        #expect(try await fixture.agent.caller(for: peer(1000), login: "alice").person == nil)
        #expect(try await fixture.agent.caller(for: peer(1000), login: "bob").person == corp.owner("bob"))
    }

    @Test func whoIsDisabledMissingOrGoneManagesNothing() async throws {
        try await fixture.create("alice")
        fixture.corp.disable("alice")
        try await fixture.sync()
        #expect(try await fixture.agent.caller(for: peer(1000), login: "alice").person == nil)
        fixture.corp.remove("alice")
        fixture.corp.change { $0.outside["id-alice"] = .moved(dn: "") }
        try await fixture.sync()
        #expect(try await fixture.person("alice")?.standing == .missing)
        #expect(try await fixture.agent.caller(for: peer(1000), login: "alice").person == nil)
        fixture.corp.change { $0.outside = [:] }
        try await fixture.sync()
        #expect(try await fixture.agent.caller(for: peer(1000), login: "alice").person == nil)
    }

    @Test func rootAdministersWithoutBeingAnybody() async throws {
        let caller = try await fixture.agent.caller(for: peer(0), login: "root")
        #expect(caller.person == nil && caller.roles == Set(Role.allCases))
        #expect(try caller.admin().by.name == "uid 0 (root)")
        #expect(try caller.writer().reach == .everyone)
        #expect(fixture.agent.verifier(for: peer(1000)) != nil)
    }

    @Test func changedSettingsJudgeAnew() async throws {
        let version = fixture.agent.settingsVersion
        fixture.agent.change(AgentSettings(access: Access(rules: [])))
        #expect(fixture.agent.settingsVersion > version)
        #expect(fixture.agent.verifier(for: peer(1000)) == nil)
        let caller = try await fixture.agent.caller(for: peer(0), login: "root")
        #expect(caller.roles.isEmpty)
        #expect(throws: AgentError.self) { try caller.verifier() }
        #expect(throws: AgentError.self) { try caller.reader() }
    }

    @Test func aTokensBearerIsItsOwner() async throws {
        let token = try await fixture.create("alice")
        let caller = try await bearer(token)
        #expect(caller.name == "token \(token.id) (alice)" && caller.login == "alice")
        #expect(caller.roles == [.self] && caller.person == fixture.corp.owner("alice"))
        #expect(!caller.readOnly)
        #expect(try caller.writer().reach == .only(fixture.corp.owner("alice")))
        // The connection may verify; the token may not.
        #expect(throws: AgentError.self) { try caller.verifier() }
    }

    @Test func aReadOnlyTokenLooksAndDoesNotTouch() async throws {
        admins(Access.Rule(role: .admin, logins: [Access.Login("alice")]))
        let token = try await fixture.create(.label("alice")) { $0.write = false }
        let caller = try await bearer(token)
        #expect(caller.readOnly && caller.roles == [.admin, .self])
        #expect(try caller.reader().reach == .everyone)
        _ = try caller.verifier()
        #expect(throws: AgentError.self) { try caller.writer() }
        #expect(throws: AgentError.self) { try caller.admin() }
    }

    @Test func aServicesTokenManagesThatServiceAlone() async throws {
        let token = try await fixture.create(.id(OwnerID(source: "service", id: "robot")))
        let caller = try await bearer(token)
        #expect(caller.login == "robot" && caller.roles == [.self])
        #expect(try caller.writer().reach == .only(token.token.record.owner))
        let request = CreateRequest(owner: .id(token.token.record.owner), name: "more")
        #expect(
            try await failureKind { try await fixture.agent.create(request, try caller.writer()) }
                == .notPermitted)
    }

    @Test func aServiceMayBeGivenARoleByName() async throws {
        let token = try await fixture.create(.id(OwnerID(source: "service", id: "robot")))
        admins(Access.Rule(role: .admin, logins: [Access.Login("robot", of: "service")]))
        #expect(try await bearer(token).roles == [.admin, .self])
    }

    @Test func aServiceOfAPersonsNameHasNoneOfTheirRoles() async throws {
        admins(Access.Rule(role: .admin, logins: [Access.Login("alice")]))
        let token = try await fixture.create(.id(OwnerID(source: "service", id: "alice")))
        #expect(try await bearer(token).roles == [.self])
    }

    @Test func credentialsThatAreNotGoodAreToldApartFromNothing() async throws {
        #expect(
            try await failureKind { try await fixture.agent.caller(bearing: nil) } == .badCredentials)
        let token = try await fixture.create("alice")
        _ = try await fixture.agent.revoke(token.id, reason: nil, try fixture.everyone())
        #expect(try await failureKind { try await bearer(token) } == .badCredentials)
        let suspended = try await fixture.create("bob")
        fixture.corp.disable("bob")
        try await fixture.sync()
        #expect(try await failureKind { try await bearer(suspended) } == .badCredentials)
    }

    @Test func membershipsFollowTheReadings() async throws {
        let token = try await fixture.create("alice")
        admins(Access.Rule(role: .admin, directoryFilter: "(memberOf=admins)"))
        fixture.corp.change { $0.members["(memberOf=admins)"] = ["id-alice"] }
        #expect(try await bearer(token).roles == [.self])
        // Nothing else of the person changes.
        #expect(try await fixture.sync().changed == 0)
        #expect(try await bearer(token).roles == [.admin, .self])
        fixture.corp.change { $0.members = [:] }
        try await fixture.sync()
        #expect(try await bearer(token).roles == [.self])
    }

    /// Between a request and the writer's turn for it.
    @Test func aTokenThatEndedMeanwhileBringsForthNoOther() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        let agent = fixture.agent
        let admin = try fixture.everyone()
        for (number, end) in Self.ends.enumerated() {
            let token = try await fixture.create(.label("alice")) { $0.name = "bearer \(number)" }
            let other = try await fixture.create(.label("alice")) { $0.name = "other \(number)" }
            let right = try await agent.caller(bearing: token.presented()).writer()
            try await end(agent, token, admin)
            let attempts: [@Sendable () async throws -> Void] = [
                { _ = try await agent.create(CreateRequest(owner: .label("alice"), name: "new"), right) },
                { _ = try await agent.rotate(RotateRequest(id: other.id), right) },
                { _ = try await agent.update(UpdateRequest(id: other.id), right) },
                { _ = try await agent.reveal(other.id, right) },
                { _ = try await agent.revoke(other.id, reason: nil, right) },
            ]
            for attempt in attempts {
                #expect(try await failureKind { try await attempt() } == .badCredentials)
            }
            #expect(try fixture.verify(other) == .active)
        }
    }

    private static let ends: [@Sendable (Agent, IssuedToken, TokenRight) async throws -> Void] = [
        { agent, token, admin in _ = try await agent.revoke(token.id, reason: nil, admin) },
        { agent, token, admin in _ = try await agent.rotate(RotateRequest(id: token.id), admin) },
        { agent, token, admin in
            var narrower = UpdateRequest(id: token.id)
            narrower.write = false
            _ = try await agent.update(narrower, admin)
        },
    ]

    /// No directory is asked for somebody whom the right does not reach, and none tells whether they exist.
    @Test func whoReachesOnlyThemselvesAsksNoDirectoryForOthers() async throws {
        let right = try fixture.own("alice")
        let agent = fixture.agent
        for name in ["bob", "nobody"] {
            let query = OwnerQuery.label(name)
            let request = CreateRequest(owner: query)
            #expect(try await failureKind { try await agent.create(request, right) } == .notPermitted)
            #expect(try await failureKind { try await agent.user(query, right) } == .notFound)
            var list = ListRequest(limit: 1)
            list.owner = query
            let wanted = list
            #expect(try await failureKind { try await agent.list(wanted, right) } == .notPermitted)
        }
        #expect(fixture.corp.counts.found == 0)
        #expect(try await agent.user(.label("ALICE"), right).person.person.login == "alice")
    }

    /// Whom else a name means that is one's own is not for everybody to know.
    @Test(arguments: [false, true])
    func whoReachesOnlyThemselvesLearnsNothingOfWhoSharesTheirName(isElsewhere: Bool) async throws {
        let (corp, branch) = (FakeDirectory("corp", logins: ["alice"]), FakeDirectory("branch"))
        let fixture = try AgentFixture([DirectorySettings(source: corp), DirectorySettings(source: branch)])
        let mallory = (isElsewhere ? branch : corp).add("mallory", email: "alice")
        try await fixture.syncAll()
        let labels = OwnerLabels(id: mallory, login: "mallory", email: "alice")
        let right = try Caller(name: "m", login: "mallory", roles: [.self], owner: labels).writer()
        let query = OwnerQuery.label("alice")
        var list = ListRequest(limit: 1)
        list.owner = query
        let request = list
        if isElsewhere {
            #expect(try await fixture.agent.user(query, right).person.id == mallory)
            #expect(try await fixture.agent.list(request, right).items.isEmpty)
            let issued = try await fixture.agent.create(CreateRequest(owner: query), right)
            #expect(issued.token.record.owner == mallory)
        } else {
            for error in [
                try await failure { try await fixture.agent.user(query, right) },
                try await failure { try await fixture.agent.list(request, right) },
                try await failure { try await fixture.agent.create(CreateRequest(owner: query), right) },
            ] {
                #expect([.notFound, .notPermitted].contains(error?.kind))
                #expect(error?.text.contains("id-alice") == false, "\(String(describing: error))")
            }
        }
    }
}
