import AgentCore
import Testing
import TokenCore
import TokenStorage

struct CreateTests {
    @Test func aPersonIsNamedByLoginEmailOrId() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        let owner = fixture.corp.owner("alice")
        let queries: [OwnerQuery] = [.label("ALICE"), .label("Alice@Corp.Example"), .id(owner)]
        for (number, query) in queries.enumerated() {
            let token = try await fixture.create(query) { $0.name = "\(number)" }
            #expect(token.token.record.owner == owner)
            #expect(token.token.login == "alice" && token.token.email == "alice@corp.example")
            #expect(token.token.state == .active)
            #expect(try fixture.verify(token) == .active)
        }
        #expect(fixture.corp.counts.found == 0)
    }

    @Test func whoNoDirectoryHasIsNotFound() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        for query in [OwnerQuery.label("nobody"), .id(fixture.corp.owner("nobody"))] {
            #expect(try await failureKind { try await fixture.create(query) } == .notFound)
        }
        #expect(
            try await failureKind { try await fixture.create(.id(OwnerID(source: "other", id: "x"))) }
                == .notFound)
    }

    @Test func aSecretInThePlaceOfANameReachesNoDirectory() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        let token = try await fixture.create("alice")
        let before = fixture.corp.counts
        #expect(
            try await failureKind {
                try await fixture.agent.caller(login: "alice", password: Password(token.text), source: nil)
            } == .badCredentials)
        for secret in [token.text, String(token.text.dropFirst(13)), "Bearer \(token.text)"] {
            #expect(try await failureKind { try await fixture.create(.label(secret)) } == .notFound)
            #expect(
                try await failureKind {
                    try await fixture.agent.caller(login: secret, password: Password("x"), source: nil)
                } == .badCredentials)
        }
        let id = OwnerID(source: "corp", id: token.text)
        do {
            _ = try await fixture.create(.id(id))
            Issue.record("there is nobody of that id")
        } catch let error as AgentError {
            #expect(error.kind == .invalid("owner") && !error.text.contains(token.text))
        }
        #expect(fixture.corp.counts == before)
    }

    @Test func aTokenInThePlaceOfATextIsNotStored() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        let token = try await fixture.create("alice")
        let right = try fixture.everyone()
        let slips: [(String, (inout CreateRequest) -> Void)] = [
            ("name", { $0.name = "my \(token.text)" }), ("audience", { $0.audience = token.text }),
            ("flags", { $0.flags = ["a", token.text] }),
            ("owner", { $0.owner = .id(OwnerID(source: OwnerID.serviceSource, id: token.text)) }),
            ("idempotency_key", { $0.idempotencyKey = token.text }),
        ]
        for (member, slip) in slips {
            #expect(
                try await failureKind { try await fixture.create(.label("bob"), slip) } == .invalid(member))
        }
        var renaming = UpdateRequest(id: token.id)
        renaming.name = token.text
        let (agent, renamed) = (fixture.agent, renaming)
        #expect(try await failureKind { try await agent.update(renamed, right) } == .invalid("name"))
        #expect(
            try await failureKind { try await agent.revoke(token.id, reason: "leaked: \(token.text)", right) }
                == .invalid("reason"))
        let rotation = RotateRequest(id: token.id, idempotencyKey: token.text)
        #expect(
            try await failureKind { try await agent.rotate(rotation, right) } == .invalid("idempotency_key"))
        #expect(try fixture.verify(token) == .active)
        let trail = try await fixture.store.read { try $0.audit(AuditQuery(limit: 1000)) }
        #expect(!trail.contains { "\($0)".contains(token.text) })
    }

    @Test func aDirectoryThatIsDownIsNotAnEmptyOne() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        fixture.corp.change { $0.failures[.connect] = .unreachable(server: "s", code: -1, detail: "down") }
        for query in [OwnerQuery.label("nobody"), .id(fixture.corp.owner("nobody"))] {
            #expect(try await failureKind { try await fixture.create(query) } == .directoryUnavailable)
        }
        // Who is known is served all the same.
        #expect(try fixture.verify(try await fixture.create("alice")) == .active)
        fixture.corp.change { $0.failures = [.find: .timedOut(server: "s", phase: "search")] }
        #expect(
            try await failureKind { try await fixture.create(.label("nobody")) } == .directoryUnavailable)
        #expect(fixture.corp.counts.connected == fixture.corp.counts.closed)
    }

    @Test func whoWasNotReadYetIsFoundLive() async throws {
        let fixture = try AgentFixture()
        let token = try await fixture.create("alice")
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.person("alice")?.standing == .present)
        #expect(fixture.corp.counts.closed == 1)
        // Known now.
        try await fixture.create("alice", name: "second")
        #expect(fixture.corp.counts.found == 1)
        #expect(try await fixture.sync().added == AgentFixture.logins.count - 1)
    }

    @Test func whoIsDisabledGetsNone() async throws {
        let fixture = try AgentFixture()
        fixture.corp.disable("alice")
        let live = try await failure { try await fixture.create("alice") }
        #expect(live?.kind == .conflict(.ownerDisabled))
        #expect(live?.text.contains("locked") == true)
        try await fixture.sync()
        #expect(try await failureKind { try await fixture.create("alice") } == .conflict(.ownerDisabled))
    }

    @Test func whoIsMissingGetsNone() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        try await fixture.create("alice")
        fixture.corp.remove("alice")
        fixture.corp.change { $0.outside["id-alice"] = .moved(dn: "uid=alice,ou=left") }
        try await fixture.sync()
        let error = try await failureKind { try await fixture.create("alice", name: "more") }
        #expect(error == .conflict(.ownerMissing))
    }

    @Test func whoIsGoneIsNotFound() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        try await fixture.create("alice")
        fixture.corp.remove("alice")
        try await fixture.sync()
        for query in [OwnerQuery.label("alice"), .id(fixture.corp.owner("alice"))] {
            #expect(
                try await failureKind { try await fixture.create(query) { $0.name = "more" } } == .notFound)
        }
    }

    @Test(arguments: [true, false])
    func whoIsBackSinceTheLastReadingGetsOneThatWorks(byLogin: Bool) async throws {
        let fixture = try AgentFixture()
        let rule = Access.Rule(role: .admin, directoryFilter: "(g=a)")
        fixture.agent.change(AgentSettings(access: Access(rules: [rule])))
        fixture.corp.change { $0.members["(g=a)"] = ["id-alice"] }
        try await fixture.sync()
        let old = try await fixture.create("alice")
        fixture.corp.remove("alice")
        fixture.corp.change { $0.members = [:] }
        try await fixture.sync()
        #expect(try await fixture.state(old) == .obsolete)
        let owner = fixture.corp.add("alice")
        fixture.clock.advance(.minutes(1))
        let new = try await fixture.create(byLogin ? .label("alice") : .id(owner)) { $0.name = "new" }
        #expect(try fixture.verify(new) == .active)
        #expect(try fixture.verify(old) == .active)
        #expect(try await fixture.person("alice")?.memberships == [])
        let story = try await fixture.agent.explain(old.id, try fixture.everyone())
        #expect(story.events.map(\.kind) == [.tokenCreated, .userGone, .userBack])
        #expect(try await fixture.sync().changed == 0)
        #expect(try fixture.verify(new) == .active)
    }

    @Test func ofTwoPeopleNeitherIsChosen() async throws {
        let corp = FakeDirectory("corp", logins: AgentFixture.logins)
        let branch = FakeDirectory("branch", logins: ["alice"])
        let fixture = try AgentFixture([DirectorySettings(source: corp), DirectorySettings(source: branch)])
        try await fixture.syncAll()
        let error = try await failure { try await fixture.create("alice") }
        #expect(error?.kind == .conflict(.ambiguousOwner))
        #expect(error?.text.contains("corp:alice") == true && error?.text.contains("branch:alice") == true)
        // Somebody's login that is another's e-mail, and the other is of another directory.
        branch.add("dora", email: "bob")
        try await fixture.syncAll()
        #expect(try await failureKind { try await fixture.create("bob") } == .conflict(.ambiguousOwner))
        #expect(try fixture.verify(try await fixture.create(.id(branch.owner("alice")))) == .active)
    }

    @Test(arguments: [false, true])
    func anEmailAddressThatIsAnothersLoginTakesNothingFromThem(isRead: Bool) async throws {
        let fixture = try AgentFixture()
        fixture.corp.add("mallory", email: "Bob")
        if isRead { try await fixture.sync() }
        #expect(try await fixture.create("bob").token.record.owner == fixture.corp.owner("bob"))
        #expect(try await fixture.create("mallory").token.record.owner == fixture.corp.owner("mallory"))
        fixture.corp.remove("bob")
        try await fixture.sync()
        // Nobody has it as a login any more.
        let second = try await fixture.create("bob", name: "second")
        #expect(second.token.record.owner == fixture.corp.owner("mallory"))
    }

    @Test(arguments: ["newhire", "newhire@upn.example"])
    func anEmailAddressThatIsTheLoginOfSomebodyUnknownTakesNothingFromThem(login: String) async throws {
        let fixture = try AgentFixture()
        let mallory = fixture.corp.add(login.contains("@") ? "mallory@upn.example" : "mallory", email: login)
        try await fixture.sync()
        let newhire = fixture.corp.add(login)
        fixture.corp.change { $0.failures[.connect] = .timedOut(server: "fake", phase: "connecting") }
        // Neither is somebody else taken for them while nobody can be asked.
        #expect(try await failureKind { try await fixture.create(.label(login)) } == .directoryUnavailable)
        #expect(
            try await failureKind { try await fixture.agent.user(.label(login), try fixture.everyone()) }
                == .directoryUnavailable)
        fixture.corp.change { $0.failures = [:] }
        let shown = try await fixture.agent.user(.label(login), try fixture.everyone())
        #expect(shown.person.id == newhire)
        #expect(try await fixture.create(.label(login)).token.record.owner == newhire)
        #expect(try await fixture.create(.id(mallory)).token.record.owner == mallory)
    }

    @Test func anEmailAddressThatNobodyCouldHaveForALoginIsNotAskedAbout() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        try await fixture.create(.label("alice@corp.example"))
        #expect(fixture.corp.counts.found == 0)
    }

    @Test func aLoginThatWasGivenToSomebodyNewIsTheirsThoughTombstonesLast() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        let old = try await fixture.create("alice")
        _ = try await fixture.agent.revoke(old.id, reason: nil, fixture.everyone())
        fixture.corp.remove("alice")
        let successor = fixture.corp.add("alice", id: "successor")
        try await fixture.sync()
        #expect(try await fixture.person("alice")?.standing == .missing)
        let new = try await fixture.create("alice")
        #expect(new.token.record.owner == successor)
        // By either label.
        #expect(try await fixture.create("alice@corp.example", name: "b").token.record.owner == successor)
        let peer = Peer(uid: 1000, gid: 1000, pid: 1)
        #expect(try await fixture.agent.caller(for: peer, login: "alice").person == successor)
        // Also when they are disabled; and what is restored is not theirs.
        fixture.corp.disable("alice")
        try await fixture.sync()
        #expect(try await failureKind { try await fixture.create("alice") } == .conflict(.ownerDisabled))
        _ = try await fixture.agent.restore(old.id, fixture.admin())
        #expect(try await failureKind { try await fixture.create("alice") } == .conflict(.ambiguousOwner))
    }

    @Test func aLoginOfSomebodyWhoseTokensAreSuspendedIsNobodysAlone() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        try await fixture.create("alice")
        fixture.corp.remove("alice")
        fixture.corp.change { $0.outside["id-alice"] = .moved(dn: "elsewhere") }
        fixture.corp.add("alice", id: "successor")
        try await fixture.sync()
        #expect(try await failureKind { try await fixture.create("alice") } == .conflict(.ambiguousOwner))
    }

    @Test func anAmbiguousEmailNamesBoth() async throws {
        let fixture = try AgentFixture(logins: [])
        fixture.corp.add("dora", email: "team@corp.example")
        fixture.corp.add("emil", email: "Team@corp.example")
        // Be they found live or known.
        for _ in 0..<2 {
            let error = try await failure { try await fixture.create("team@corp.example") }
            #expect(error?.kind == .conflict(.ambiguousOwner))
            #expect(error?.text.contains("dora") == true && error?.text.contains("emil") == true)
            try await fixture.sync()
        }
    }

    @Test func ownerAudienceAndNameAreOneSlot() async throws {
        let fixture = try AgentFixture()
        let first = try await fixture.create("alice", name: "laptop")
        let error = try await failure { try await fixture.create("alice", name: "laptop") }
        #expect(error?.kind == .conflict(.alreadyExists))
        #expect(error?.text.contains("\(first.id)") == true)
        try await fixture.create("bob", name: "laptop")
        try await fixture.create("alice", name: "phone")
        try await fixture.create(.label("alice")) { ($0.name, $0.audience) = ("laptop", "mail") }
        _ = try await fixture.agent.revoke(first.id, reason: nil, try fixture.everyone())
        let again = try await fixture.create("alice", name: "laptop")
        #expect(again.id != first.id)
        #expect(try fixture.verify(first) == .refused(.revoked))
        #expect(try fixture.verify(again) == .active)
    }

    @Test func termsAreKept() async throws {
        let fixture = try AgentFixture()
        let token = try await fixture.create(.label("alice")) { request in
            (request.audience, request.name) = ("mail", "phone")
            (request.write, request.flags) = (false, ["read", "sync"])
            request.expiry = .after(.days(1))
        }
        let record = try await fixture.show(token).record
        #expect(record.audience == "mail" && record.name == "phone")
        #expect(!record.write && record.flags == ["read", "sync"])
        #expect(record.expiresAt == fixture.clock.now + .days(1))
        #expect(record.createdAt == fixture.clock.now && record.updatedAt == fixture.clock.now)
        #expect(!record.retrievable && record.lastUsedAt == nil)
    }
}
