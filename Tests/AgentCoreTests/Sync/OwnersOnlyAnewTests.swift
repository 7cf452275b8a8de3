import AgentCore
import Testing
import TokenCore

/// Sources whose people are not enumerated, with a canary: a directory that was made anew, with other stable
/// ids and the same logins.
struct OwnersOnlyAnewTests {
    private let fixture: AgentFixture

    init() throws {
        fixture = try AgentFixture(
            logins: AgentFixture.logins + ["canary"], canary: "canary", enumerates: false)
    }

    private func makeAnew() {
        for person in fixture.corp.now.people.values {
            fixture.corp.remove(person.login)
            fixture.corp.add(person.login, id: "other-\(person.login)", disabled: person.disabled)
        }
    }

    @Test(arguments: [0, 1])
    func `it is held, be all owners disabled or all but one`(present: Int) async throws {
        let logins = ["alice", "bob", "extra-0", "extra-1"]
        var tokens: [IssuedToken] = []
        for login in logins { tokens.append(try await fixture.create(login)) }
        for login in logins.dropFirst(present) { fixture.corp.disable(login) }
        #expect(try await fixture.sync().disabled == 4 - present)
        makeAnew()
        let report = try await fixture.sync()
        #expect(report.gone == 0 && report.held?.hold.reasons == [.peopleDropped(from: 4, to: 0)])
        for token in tokens { #expect(try await fixture.state(token) != .obsolete) }
    }

    @Test func `it is held with one owner alone, and may be approved`() async throws {
        let token = try await fixture.create("alice")
        try await fixture.sync()
        makeAnew()
        let held = try #require(try await fixture.sync().held)
        #expect(held.hold.reasons == [.peopleDropped(from: 1, to: 0)])
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.sync(approve: held.hold.plan.id).gone == 1)
    }

    @Test func `it is held where an owner cannot be asked about, who is not found by that`() async throws {
        let (alices, bobs) = (try await fixture.create("alice"), try await fixture.create("bob"))
        try await fixture.sync()
        makeAnew()
        fixture.corp.change { $0.unconfirmable["id-bob"] = .misconfigured(detail: "no such id") }
        let report = try await fixture.sync()
        #expect(report.held?.hold.reasons == [.peopleDropped(from: 2, to: 0)])
        for token in [alices, bobs] { #expect(try fixture.verify(token) == .active) }
    }

    @Test func `who leaves alone is gone, where somebody without tokens is found by their id`() async throws {
        let (alices, bobs) = (try await fixture.create("alice"), try await fixture.create("bob"))
        _ = try await fixture.agent.revoke(bobs.id, reason: nil, try fixture.everyone())
        try await fixture.sync()
        fixture.corp.remove("alice")
        #expect(try await fixture.sync().gone == 1)
        #expect(try fixture.verify(alices) == .refused(.obsolete))
    }

    @Test func `where all are suspended already readings go on`() async throws {
        try await fixture.create("alice")
        fixture.corp.change { content in
            content.people["id-alice"] = nil
            content.outside["id-alice"] = .moved(dn: "elsewhere")
        }
        let plan = try #require(try await fixture.sync().held?.hold.plan.id)
        #expect(try await fixture.sync(approve: plan).missing == 1)
        #expect(try await fixture.sync().accepted)
    }

    /// Who was put on record since the last reading may be of the directory that was made anew.
    @Test func `a newcomer does not vouch for a directory made anew`() async throws {
        let fixture = try AgentFixture(logins: ["alice", "bob", "carol"], enumerates: false)
        let tokens = [try await fixture.create("alice"), try await fixture.create("bob")]
        try await fixture.sync()
        for login in ["alice", "bob", "carol"] {
            fixture.corp.remove(login)
            fixture.corp.add(login, id: "other-\(login)")
        }
        fixture.clock.advance(.minutes(1))
        try await fixture.create("carol")
        #expect(try await fixture.sync().held != nil)
        for token in tokens { #expect(try fixture.verify(token) == .active) }
    }
}
