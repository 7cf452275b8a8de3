import AgentCore
import Testing
import TokenCore

struct RotateTests {
    let fixture: AgentFixture

    init() throws { fixture = try AgentFixture() }

    private func rotate(_ token: IssuedToken, grace: TimeSpan = .zero) async throws -> IssuedToken {
        try await fixture.agent.rotate(RotateRequest(id: token.id, grace: grace), try fixture.everyone())
    }

    @Test func aNewSecretTakesTheOldOnesPlace() async throws {
        let token = try await fixture.create("alice")
        let rotated = try await rotate(token)
        #expect(rotated.id == token.id && rotated.text != token.text)
        #expect(try fixture.verify(token) == .unknown)
        #expect(try fixture.verify(rotated) == .active)
    }

    @Test func onlyOneFormerSecretIsGood() async throws {
        let first = try await fixture.create("alice")
        let second = try await rotate(first, grace: .hours(1))
        let third = try await rotate(second, grace: .hours(1))
        #expect(try fixture.verify(first) == .unknown)
        #expect(try fixture.verify(second) == .active)
        let fourth = try await rotate(third)
        #expect(try fixture.verify(second) == .unknown)
        #expect(try fixture.verify(third) == .unknown)
        #expect(try fixture.verify(fourth) == .active)
    }

    @Test func revokingEndsTheGraceToo() async throws {
        let token = try await fixture.create("alice")
        let rotated = try await rotate(token, grace: .hours(1))
        _ = try await fixture.agent.revoke(token.id, reason: nil, try fixture.everyone())
        #expect(try fixture.verify(token) == .unknown)
        #expect(try fixture.verify(rotated) == .refused(.revoked))
        _ = try await fixture.agent.restore(token.id, try fixture.admin())
        #expect(try fixture.verify(token) == .unknown)
        #expect(try fixture.verify(rotated) == .active)
    }

    @Test func theGraceOutlivesARestart() async throws {
        let token = try await fixture.create("alice")
        _ = try await rotate(token, grace: .hours(1))
        try await fixture.restart()
        #expect(try fixture.verify(token) == .active)
        fixture.clock.advance(.hours(1))
        #expect(try fixture.verify(token) == .unknown)
    }

    @Test func whatEndedOrIsAnothersIsNotRotated() async throws {
        let token = try await fixture.create("alice")
        let own = try fixture.own("bob")
        #expect(
            try await failureKind { try await fixture.agent.rotate(RotateRequest(id: token.id), own) }
                == .notFound)
        _ = try await fixture.agent.revoke(token.id, reason: nil, try fixture.everyone())
        #expect(try await failureKind { try await rotate(token) } == .conflict(.tokenEnded))
    }

    @Test func aRetrievableSecretIsShownAgain() async throws {
        let token = try await fixture.create(.label("alice")) { $0.retrievable = true }
        let right = try fixture.own("alice")
        #expect(try await fixture.agent.reveal(token.id, right).text == token.text)
        let rotated = try await rotate(token)
        #expect(try await fixture.agent.reveal(token.id, right).text == rotated.text)
        let events = try await fixture.agent.explain(token.id, right).events.map(\.kind)
        #expect(events == [.tokenCreated, .tokenRevealed, .tokenRotated, .tokenRevealed])
    }

    @Test func otherSecretsAreNotKept() async throws {
        let token = try await fixture.create("alice")
        let reveal = try await failureKind {
            try await fixture.agent.reveal(token.id, try fixture.everyone())
        }
        #expect(reveal == .conflict(.notRetrievable))
        let retrievable = try await fixture.create(.label("alice")) {
            ($0.name, $0.retrievable) = ("r", true)
        }
        #expect(
            try await failureKind { try await fixture.agent.reveal(retrievable.id, try fixture.own("bob")) }
                == .notFound)
        _ = try await fixture.agent.revoke(retrievable.id, reason: nil, try fixture.everyone())
        #expect(
            try await failureKind { try await fixture.agent.reveal(retrievable.id, try fixture.everyone()) }
                == .conflict(.tokenEnded))
    }
}
