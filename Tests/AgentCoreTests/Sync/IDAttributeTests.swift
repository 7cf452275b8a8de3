import AgentCore
import Testing
import TokenCore
import TokenStorage

/// `id` may become another attribute, by itself or by the configuration, under people who are known by the
/// former one.
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

    /// Before a reading was accepted, owners are known by having been looked up.
    @Test(arguments: [nil, "canary"])
    func whoWasLookedUpIsKnownByThatAttributeFromTheFirstTokenOn(canary: String?) async throws {
        let fixture = try AgentFixture(logins: AgentFixture.logins + ["canary"], canary: canary)
        fixture.corp.change { $0.idAttribute = Self.former }
        let token = try await fixture.create("alice")
        renumber(fixture)
        #expect(try await failureKind { try await fixture.create(.label("zoe")) } == .directoryUnavailable)
        let error = try await failure { try await fixture.sync() }
        #expect(error?.text.contains("people are known by nsUniqueId") == true)
        #expect(try fixture.verify(token) == .active)
        _ = try await fixture.agent.revoke(token.id, reason: nil, try fixture.everyone())
        try await fixture.restart()
        #expect(try await fixture.sync().complete, "nobody is known by the former one")
    }

    @Test func whoWasKnownByAnAttributeThatCountsNoMoreIsLookedUpAnew() async throws {
        let fixture = try AgentFixture()
        fixture.corp.change { $0.idAttribute = Self.former }
        let token = try await fixture.create("alice")
        _ = try await fixture.agent.revoke(token.id, reason: nil, try fixture.everyone())
        renumber(fixture)
        try await fixture.restart()
        try await fixture.create("bob")
        let anew = try await fixture.create("alice")
        #expect(anew.token.record.owner.id == "number-alice")
        let records = try await fixture.store.read {
            try $0.people(PersonQuery(source: "corp", after: nil, limit: 9))
        }
        #expect(records.map(\.id.id).sorted() == ["number-alice", "number-bob"])
        try await fixture.sync()
        #expect(try fixture.verify(anew) == .active)
    }

    /// Of very many people some are on record before the first reading is through.
    @Test func whoWasWrittenAheadIsKnownByThatAttributeFromTheFirstTokenOn() async throws {
        let fixture = try AgentFixture(logins: (0..<50_100).map { "person-\($0)" })
        fixture.corp.change { $0.idAttribute = Self.former }
        let gate = fixture.corp.gate(.enumeration(after: 50_050))
        async let reading = failureKind { try await fixture.sync() }
        await gate.arrival()
        var known: PersonRecord?
        #expect(
            try await fixture.eventually {
                known = try await fixture.store.read {
                    try $0.people(PersonQuery(source: "corp", after: nil, limit: 1)).first
                }
                return known != nil
            })
        let token = try await fixture.create(.id(#require(known).id))
        #expect(fixture.corp.counts.found == 0, "nobody had to be looked up")
        fixture.corp.change { content in
            content.failures[.enumeration(after: 50_050)] = .unreachable(
                server: "s", code: -1, detail: "gone")
            content.gates = [:]
            content.idAttribute = Self.latter
        }
        gate.open()
        #expect(try await reading == .directoryUnavailable)
        #expect(try await failureKind { try await fixture.create(.label("zoe")) } == .directoryUnavailable)
        #expect(try fixture.verify(token) == .active)
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

    /// Any text can be an employee number: by it all the former ids are looked up, and found nowhere.
    private func renumber(_ fixture: AgentFixture) {
        for person in fixture.corp.now.people.values {
            fixture.corp.remove(person.login)
            fixture.corp.add(person.login, id: "number-\(person.login)")
        }
        fixture.corp.change { content in
            content.idAttribute = IDAttribute("employeeNumber", isAutomatic: false)
            content.fingerprint = "fingerprint-2"
        }
    }

    @Test(arguments: [nil, "canary"])
    func whoChoosesAnotherAttributeEndsNobodysTokens(canary: String?) async throws {
        let (fixture, token) = try await known(by: Self.former, canary: canary)
        renumber(fixture)
        for _ in 0..<2 {
            let error = try await failure { try await fixture.sync() }
            #expect(error?.text.contains("people are known by nsUniqueId") == true)
            #expect(error?.text.contains("now says employeeNumber") == true)
        }
        #expect(try await fixture.heldPlan() == nil)
        #expect(try fixture.verify(token) == .active)
    }

    /// As in a database of before it was remembered; or on a server where everybody has other ids.
    @Test(arguments: [nil, "canary"], [nil, IDAttribute("employeeNumber", isAutomatic: false)])
    func whereNobodyKnownIsFoundByAnotherConfigurationNothingCanBeApproved(
        canary: String?, former: IDAttribute?
    ) async throws {
        let (fixture, token) = try await known(by: former, canary: canary)
        renumber(fixture)
        let error = try await failure { try await fixture.sync() }
        #expect(error?.text.contains("nobody is found who was known") == true)
        #expect(try await fixture.heldPlan() == nil)
        #expect(try fixture.verify(token) == .active)
    }

    /// Then the ids are good, and the configuration is what took everybody away.
    @Test func whereSomebodyKnownIsFoundElsewhereItIsHeld() async throws {
        let (fixture, token) = try await known(by: Self.former)
        for person in fixture.corp.now.people.values {
            fixture.corp.remove(person.login)
            fixture.corp.change { $0.outside[person.id.id] = .moved(dn: person.dn) }
        }
        fixture.corp.add("stranger")
        fixture.corp.change { $0.fingerprint = "fingerprint-2" }
        let held = try #require(try await fixture.sync().held)
        #expect(held.hold.plan.removals.map(\.evidence) == [.moved])
        #expect(try fixture.verify(token) == .active)
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
