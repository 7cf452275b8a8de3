import AgentCore
import Testing
import TokenCore
import TokenStorage

/// `id: auto` may become another attribute, under people who are known by the former one.
struct IDAttributeTests {
    private static let former = IDAttribute("nsUniqueId", isAutomatic: true)
    private static let latter = IDAttribute("ipaUniqueID", isAutomatic: true)

    private func known(
        by former: IDAttribute?, canary: String? = nil
    ) async throws -> (AgentFixture, IssuedToken) {
        let fixture = try AgentFixture(logins: AgentFixture.logins + ["canary"], canary: canary)
        fixture.corp.change { $0.idAttribute = former }
        fixture.corp.tellChanges()
        try await fixture.sync()
        return (fixture, try await fixture.create("alice"))
    }

    /// From now on everybody is known by `id`; of the former ids none can be one of it.
    private func rename(_ fixture: AgentFixture, to id: IDAttribute) {
        fixture.corp.change { $0.idAttribute = id }
        for person in fixture.corp.now.people.values {
            fixture.corp.remove(person.login)
            fixture.corp.add(person.login, id: "other-\(person.login)")
            fixture.corp.change { content in
                content.unconfirmable[person.id.id] = .misconfigured(
                    detail: "\(person.id.id) cannot be an \(id.name): was id changed?")
            }
        }
    }

    @Test(arguments: [nil, "canary"])
    func anotherAttributeIsAnErrorThatNamesBoth(canary: String?) async throws {
        let (fixture, token) = try await known(by: Self.former, canary: canary)
        rename(fixture, to: Self.latter)
        for _ in 0..<2 {
            let error = try await failure { try await fixture.sync() }
            #expect(error?.text.contains("set id: nsUniqueId") == true)
            #expect(error?.text.contains("ipaUniqueID") == true)
        }
        #expect(try fixture.verify(token) == .active)
        // As it was configured then, and after a restart.
        for person in fixture.corp.now.people.values where person.id.id.hasPrefix("other-") {
            fixture.corp.remove(person.login)
            fixture.corp.add(person.login)
        }
        fixture.corp.change { content in
            content.idAttribute = IDAttribute("NSUNIQUEID", isAutomatic: false)
            content.unconfirmable = [:]
        }
        try await fixture.restart()
        #expect(try await fixture.sync().complete)
    }

    @Test func nobodyIsLookedUpByAnotherAttribute() async throws {
        let (fixture, _) = try await known(by: Self.former)
        fixture.corp.add("zoe")
        fixture.corp.change { $0.idAttribute = Self.latter }
        #expect(try await failureKind { try await fixture.create("zoe") } == .directoryUnavailable)
        fixture.corp.change { $0.idAttribute = Self.former }
        _ = try await fixture.create("zoe")
        #expect(fixture.corp.counts.connected == fixture.corp.counts.closed)
    }

    @Test func noChangesAreTakenByAnotherAttribute() async throws {
        let (fixture, _) = try await known(by: Self.former)
        fixture.corp.add("zoe")
        fixture.corp.tell(upserts: ["zoe"], cookie: 2)
        fixture.corp.change { $0.idAttribute = Self.latter }
        var request = SyncRequest(source: "corp")
        request.mode = .changes
        let (asked, before) = (request, fixture.corp.counts.enumerated)
        #expect(try await failureKind { try await fixture.syncAll(asked) } == .directoryUnavailable)
        #expect(fixture.corp.counts.enumerated == before)
        #expect(fixture.corp.counts.connected == fixture.corp.counts.closed)
    }

    @Test func whoChoosesAnotherAttributeMeansIt() async throws {
        let (fixture, token) = try await known(by: Self.former)
        fixture.corp.change { $0.idAttribute = IDAttribute("ipaUniqueID", isAutomatic: false) }
        #expect(try await fixture.sync().complete)
        #expect(try fixture.verify(token) == .active)
        // And from then on it is the one that is known.
        fixture.corp.change { $0.idAttribute = Self.former }
        let error = try await failure { try await fixture.sync() }
        #expect(error?.text.contains("set id: ipaUniqueID") == true)
    }

    /// As in a database of before it was remembered.
    @Test(arguments: [nil, "canary"])
    func whereTheFormerAttributeIsNotKnownTheAdviceIsToSetIt(canary: String?) async throws {
        let (fixture, token) = try await known(by: nil, canary: canary)
        rename(fixture, to: Self.latter)
        let error = try await failure { try await fixture.sync() }
        #expect(error?.text.contains("id: auto is ipaUniqueID") == true)
        #expect(error?.text.contains("set id") == true)
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.store.read { try $0.heldPlan("corp") } == nil)
    }
}
