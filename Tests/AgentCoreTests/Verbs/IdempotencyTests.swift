import AgentCore
import Testing
import TokenCore

struct IdempotencyTests {
    let fixture: AgentFixture

    init() throws { fixture = try AgentFixture() }

    private func create(
        _ key: String?, name: String = "", by right: TokenRight? = nil
    ) async throws -> IssuedToken {
        var request = CreateRequest(owner: .label("alice"), name: name)
        request.idempotencyKey = key
        return try await fixture.agent.create(request, right ?? (try fixture.everyone()))
    }

    @Test func theSameRequestHasTheSameAnswer() async throws {
        let first = try await create("k")
        fixture.clock.advance(.minutes(59))
        let again = try await create("k")
        #expect(again.text == first.text)
        #expect(again.token.record == first.token.record)
        let created = try await fixture.agent.explain(first.id, try fixture.everyone()).events
        #expect(created.map(\.kind) == [.tokenCreated])
    }

    @Test func theAnswerOutlivesARestart() async throws {
        let first = try await create("k")
        try await fixture.restart()
        #expect(try await create("k").text == first.text)
    }

    @Test func anotherRequestUnderTheKeyIsAConflict() async throws {
        let first = try await create("k")
        #expect(try await failureKind { try await create("k", name: "n") } == .conflict(.keyReused))
        let rotation = RotateRequest(id: first.id, idempotencyKey: "k")
        let kind = try await failureKind {
            try await fixture.agent.rotate(rotation, try fixture.everyone())
        }
        #expect(kind == .conflict(.keyReused))
        #expect(try fixture.verify(first) == .active)
    }

    @Test func anHourLaterTheKeyIsForgotten() async throws {
        _ = try await create("k", name: "one")
        fixture.clock.advance(TimeSpan(milliseconds: 3_600_001))
        // The secret is no longer kept: the slot is taken, as for any other request.
        #expect(
            try await failureKind { try await create("k", name: "one") } == .conflict(.alreadyExists))
        #expect(try await create("k", name: "two").token.record.name == "two")
    }

    @Test func anotherCallersKeyIsAnotherKey() async throws {
        try await fixture.sync()
        let first = try await create("k")
        let own = try fixture.own("alice")
        #expect(try await failureKind { try await create("k", by: own) } == .conflict(.alreadyExists))
        let second = try await create("k", name: "second", by: own)
        #expect(second.id != first.id)
        #expect(try await create("k", name: "second", by: own).text == second.text)
    }

    @Test func aTokenThatEndedIsNotGivenOutAgain() async throws {
        let first = try await create("k")
        _ = try await fixture.agent.revoke(first.id, reason: nil, try fixture.everyone())
        #expect(try await failureKind { try await create("k") } == .conflict(.tokenEnded))
    }

    @Test func aSecretThatWasReplacedIsNotGivenOutAgain() async throws {
        let first = try await create("k")
        _ = try await fixture.agent.rotate(RotateRequest(id: first.id), try fixture.everyone())
        #expect(try await failureKind { try await create("k") } == .conflict(.keyReused))
    }

    @Test func aRotationFromAnotherSecretIsAnotherRequest() async throws {
        let first = try await fixture.create("alice")
        func rotate(from token: IssuedToken) async throws -> IssuedToken {
            let current = token.passCode.digest
            return try await fixture.agent.rotate(
                RotateRequest(id: first.id, current: current, idempotencyKey: "r"), try fixture.everyone())
        }
        let second = try await rotate(from: first)
        #expect(try await rotate(from: first).text == second.text)
        #expect(try await failureKind { try await rotate(from: second) } == .conflict(.keyReused))
    }

    @Test func aRotationIsNotDoneTwice() async throws {
        let first = try await create(nil)
        let rotation = RotateRequest(id: first.id, grace: .hours(2), idempotencyKey: "r")
        let rotated = try await fixture.agent.rotate(rotation, try fixture.everyone())
        let again = try await fixture.agent.rotate(rotation, try fixture.everyone())
        #expect(again.text == rotated.text)
        #expect(try fixture.verify(first) == .active)
        #expect(try fixture.verify(rotated) == .active)
    }

    /// Somebody else is called alice now; the right to their own tokens, by a caller of the same name.
    private func successor() async throws -> TokenRight {
        fixture.corp.remove("alice")
        let id = fixture.corp.add("alice", id: "id-successor")
        try await fixture.sync()
        let labels = OwnerLabels(id: id, login: "alice")
        return try Caller(name: "uid 1000 (alice)", login: "alice", roles: [.self], owner: labels).writer()
    }

    @Test func `who has taken over a login has no answer that its former holder was given`() async throws {
        try await fixture.sync()
        let former = try await create("k", by: fixture.own("alice"))
        let rotation = RotateRequest(id: former.id, idempotencyKey: "r")
        let rotated = try await fixture.agent.rotate(rotation, fixture.own("alice"))
        #expect(rotated.text != former.text)
        let unread = try await create("l", name: "l", by: fixture.own("alice"))
        let right = try await successor()
        for (key, name) in [("k", ""), ("l", "l")] {
            #expect(
                try await failureKind { try await create(key, name: name, by: right) }
                    == .conflict(.keyReused))
        }
        #expect(
            try await failureKind { try await fixture.agent.rotate(rotation, right) } == .notFound)
        let own = try await create("m", name: "l", by: right)
        #expect(own.token.record.owner.id == "id-successor" && own.text != unread.text)
    }

    @Test func `an admin who repeats a creation is not answered with the token of who had the login before`()
        async throws
    {
        try await fixture.sync()
        _ = try await create("k")
        _ = try await successor()
        #expect(try await failureKind { try await create("k") } == .conflict(.keyReused))
        #expect(try await create("l").token.record.owner.id == "id-successor")
    }

    @Test func theLimitDoesNotStandInTheWayOfALostAnswer() async throws {
        fixture.agent.change(AgentFixture.settings { $0.tokens.perOwnerMax = 1 })
        let first = try await create("k")
        #expect(try await create("k").text == first.text)
        #expect(try await failureKind { try await create("other", name: "n") } == .limitExceeded)
    }
}
