import AgentCore
import Testing
import TokenCore

/// A reading counts only if somebody is in it who must be.
struct CanaryTests {
    @Test func aConfiguredCanaryMustBeThere() async throws {
        let fixture = try AgentFixture(canary: "CANARY")
        let first = try await failure { try await fixture.sync() }
        #expect(first?.text.contains("the canary “CANARY” is not in it") == true)
        #expect(try await fixture.person("alice") == nil)
        fixture.corp.add("canary")
        try await fixture.sync()
        let token = try await fixture.create("alice")
        fixture.corp.remove("alice", "canary")
        #expect(try await failureKind { try await fixture.sync() } == .directoryUnavailable)
        #expect(try fixture.verify(token) == .active)
        fixture.corp.add("canary")
        #expect(try await fixture.sync().gone == 1)
    }

    /// As when a directory is filled again from a file without its stable ids, or shows others from now on.
    @Test func aDirectoryWithOtherIdsIsHeldThoughTheCanaryIsInIt() async throws {
        let fixture = try AgentFixture(logins: AgentFixture.logins + ["canary"], canary: "canary")
        try await fixture.sync()
        let token = try await fixture.create("alice")
        for person in fixture.corp.now.people.values {
            fixture.corp.remove(person.login)
            fixture.corp.add(person.login, id: "other-\(person.login)")
        }
        let held = try #require(try await fixture.sync().held)
        #expect(held.hold.reasons == [.peopleDropped(from: 13, to: 0)])
        #expect(try fixture.verify(token) == .active)
        // Whoever has seen that it is meant can say so.
        #expect(try await fixture.sync(approve: held.hold.plan.id).gone == 1)
    }

    /// Who was put on record since the last reading may be of the directory that was made anew.
    @Test(arguments: [false, true])
    func `a newcomer does not vouch for a directory made anew`(byChanges: Bool) async throws {
        let fixture = try AgentFixture()
        fixture.corp.tellChanges()
        try await fixture.sync()
        let token = try await fixture.create("alice")
        for person in fixture.corp.now.people.values {
            fixture.corp.remove(person.login)
            fixture.corp.add(person.login, id: "other-\(person.login)")
        }
        fixture.corp.add("newcomer")
        fixture.clock.advance(.minutes(1))
        if byChanges {
            fixture.corp.tell(upserts: ["newcomer"], cookie: 2)
            var request = SyncRequest(source: "corp")
            request.mode = .changes
            #expect(try await fixture.syncAll(request)[0].added == 1)
        } else {
            try await fixture.create("newcomer")
        }
        let held = try await fixture.sync().held
        #expect(held?.hold.reasons.isEmpty == false)
        #expect(try fixture.verify(token) == .active)
    }

    /// Owners are known before the first reading is accepted: by having been looked up.
    @Test func aFirstReadingInWhichOnlyStrangersAreIsNone() async throws {
        let fixture = try AgentFixture()
        let token = try await fixture.create("alice")
        fixture.corp.change { $0.people = [:] }
        for number in 0..<20 { fixture.corp.add("stranger-\(number)") }
        let error = try await failure { try await fixture.sync() }
        #expect(error?.text.contains("none of the people known to be there") == true)
        #expect(try fixture.verify(token) == .active)
    }

    @Test(arguments: [true, false])
    func aCanaryThatVanishesMeanwhileUndoesTheReading(configured: Bool) async throws {
        let fixture = try AgentFixture(
            logins: AgentFixture.logins + ["canary"], canary: configured ? "canary" : nil)
        try await fixture.sync()
        let token = try await fixture.create("alice")
        fixture.corp.remove("alice")
        fixture.corp.disable("bob")
        fixture.corp.change { content in
            content.vanishesAfterConfirmation = configured ? ["id-canary"] : Set(content.people.keys)
        }
        // The first look-up is that of the candidate; the canary is gone when it is read again.
        fixture.corp.change { $0.vanishesAfterConfirmation.remove("id-alice") }
        let error = try await failure { try await fixture.sync() }
        #expect(error?.text.contains("nobody could be found who is there") == true)
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.person("alice")?.standing == .present)
        #expect(try await fixture.person("bob")?.standing == .present)
    }

    @Test func aCanaryThatCannotBeReadAgainUndoesTheReading() async throws {
        let fixture = try AgentFixture(logins: AgentFixture.logins + ["canary"], canary: "canary")
        try await fixture.sync()
        let token = try await fixture.create("alice")
        fixture.corp.remove("alice")
        fixture.corp.change {
            $0.unconfirmable["id-canary"] = .unreachable(server: "s", code: -1, detail: "lost")
        }
        #expect(try await failureKind { try await fixture.sync() } == .directoryUnavailable)
        #expect(try fixture.verify(token) == .active)
    }

    @Test func withNobodyToTakeAwayTheCanaryIsNotAskedAgain() async throws {
        let fixture = try AgentFixture(logins: AgentFixture.logins + ["canary"], canary: "canary")
        try await fixture.sync()
        try await fixture.create("alice")
        fixture.corp.change { $0.unconfirmable["id-canary"] = .cancelled }
        #expect(try await fixture.sync().complete)
        #expect(fixture.corp.counts.confirmed == [[], []])
    }

    @Test func theFirstReadingNeedsNoWitness() async throws {
        let fixture = try AgentFixture()
        #expect(try await fixture.sync().added == AgentFixture.logins.count)
    }
}
