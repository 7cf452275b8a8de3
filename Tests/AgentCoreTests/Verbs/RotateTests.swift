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

    @Test func aSecretThatIsNotTheCurrentOneRotatesNothing() async throws {
        let first = try await fixture.create("alice")
        let second = try await rotate(first, grace: .hours(1))
        let right = try fixture.everyone()
        let stale = RotateRequest(id: first.id, current: first.passCode.digest)
        #expect(
            try await failureKind { try await fixture.agent.rotate(stale, right) }
                == .conflict(.tokenChanged))
        #expect(try fixture.verify(second) == .active)
        let third = try await fixture.agent.rotate(
            RotateRequest(id: first.id, current: second.passCode.digest), right)
        #expect(try fixture.verify(second) == .unknown)
        #expect(try fixture.verify(third) == .active)
    }

    @Test func newTermsComeWithTheNewSecretOrNotAtAll() async throws {
        let token = try await fixture.create("alice")
        var change = UpdateRequest(id: token.id)
        (change.write, change.flags) = (false, ["a"])
        let request = RotateRequest(id: token.id, change: change)
        // One's own token is narrowed only; then the secret stays as well.
        let own = try fixture.own("alice")
        #expect(
            try await failureKind { try await fixture.agent.rotate(request, own) } == .notPermitted)
        #expect(try fixture.verify(token) == .active)
        let rotated = try await fixture.agent.rotate(request, try fixture.everyone())
        #expect(rotated.token.record.write == false && rotated.token.record.flags == ["a"])
        #expect(try fixture.verify(token) == .unknown)
        #expect(try fixture.verify(rotated) == .active)
        let events = try await fixture.agent.explain(token.id, own).events
        #expect(events.suffix(2).map(\.kind) == [.tokenUpdated, .tokenRotated])
        try await fixture.restart()
        #expect(try fixture.verify(rotated) == .active)
    }

    @Test func aRenewedTokenLastsAsLongAgainHoweverOften() async throws {
        let token = try await fixture.create(.label("alice")) {
            ($0.flags, $0.expiry) = (["a"], .after(.hours(2)))
        }
        let right = try fixture.own("alice")
        for wait in [TimeSpan.hours(1), .hours(1), .hours(5)] {
            fixture.clock.advance(wait)
            let now = fixture.clock.now
            let renewed = try await fixture.agent.rotate(RotateRequest(id: token.id, renew: true), right)
            #expect(renewed.token.record.expiresAt == now + .hours(2))
            #expect(renewed.token.record.createdAt == now)
            #expect(renewed.token.record.flags == ["a"])
            #expect(try fixture.verify(renewed) == .active)
            #expect(try fixture.verify(token) == .unknown)
        }
        let events = try await fixture.agent.explain(token.id, right).events
        #expect(events.last?.detail == "grace 0 s, renewed for 7200 s")
    }

    @Test func whoNarrowsATokenDoesNotRenewItForLongerThanItWasMadeFor() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.hours(2)) }
        let right = try fixture.own("alice")
        var update = UpdateRequest(id: token.id)
        update.expiry = .set(Timestamp(milliseconds: 1))
        _ = try await fixture.agent.update(update, right)
        func renew(_ right: TokenRight) async throws -> IssuedToken {
            try await fixture.agent.rotate(RotateRequest(id: token.id, renew: true), right)
        }
        #expect(try await failureKind { try await renew(right) } == .notPermitted)
        // Nor in one step.
        let request = RotateRequest(id: token.id, renew: true, change: update)
        #expect(try await failureKind { try await fixture.agent.rotate(request, right) } == .notPermitted)
        #expect(try fixture.verify(token) != .active)
        // What a new token gets is for admins to give.
        #expect(try await renew(try fixture.everyone()).token.record.expiresAt == nil)
    }

    @Test func aTokenIsNotRenewedBeyondTheRules() async throws {
        let token = try await fixture.create(.label("alice")) { $0.expiry = .after(.hours(2)) }
        let past = try await fixture.create(.label("alice")) {
            ($0.name, $0.expiry) = ("past", .after(.hours(2)))
        }
        let endless = try await fixture.create("alice", name: "endless")
        var update = UpdateRequest(id: past.id)
        update.expiry = .set(Timestamp(milliseconds: 1))
        _ = try await fixture.agent.update(update, try fixture.everyone())
        fixture.agent.change(
            AgentFixture.settings {
                $0.tokens = TokenRules(defaultExpiry: .minutes(10), maxExpiry: .hours(1))
            })
        func renew(_ token: IssuedToken) async throws -> IssuedToken {
            try await fixture.agent.rotate(
                RotateRequest(id: token.id, renew: true), try fixture.everyone())
        }
        #expect(try await failureKind { try await renew(token) } == .invalid("expires_at"))
        #expect(try fixture.verify(token) == .active)
        // An expiry before it was made is no lifetime: then what a new token gets.
        #expect(try await renew(past).token.record.expiresAt == fixture.clock.now + .minutes(10))
        #expect(try await renew(endless).token.record.expiresAt == nil)
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
