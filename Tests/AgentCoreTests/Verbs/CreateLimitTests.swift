import AgentCore
import Testing
import TokenCore
import TokenStorage

struct CreateLimitTests {
    @Test func anOwnerMayHaveSoManyAndNoMore() async throws {
        let fixture = try AgentFixture(settings: AgentFixture.settings { $0.tokens.perOwnerMax = 2 })
        let first = try await fixture.create("alice", name: "1")
        try await fixture.create("alice", name: "2")
        #expect(
            try await failureKind { try await fixture.create("alice", name: "3") } == .limitExceeded)
        try await fixture.create("bob", name: "3")
        _ = try await fixture.agent.revoke(first.id, reason: nil, try fixture.everyone())
        try await fixture.create("alice", name: "3")
    }

    @Test func `of one's own revoked tokens the oldest are forgotten, and their history is not`() async throws
    {
        let fixture = try AgentFixture(settings: AgentFixture.settings { $0.tokens.perOwnerMax = 3 })
        try await fixture.sync()
        func make(_ login: String, _ right: TokenRight) async throws -> [IssuedToken] {
            var made: [IssuedToken] = []
            for _ in 0..<35 {
                fixture.clock.advance(.seconds(1))
                made.append(try await fixture.agent.create(CreateRequest(owner: .label(login)), right))
                _ = try await fixture.agent.revoke(made.last!.id, reason: nil, right)
            }
            return made
        }
        let (own, others) = (
            try await make("alice", fixture.own("alice")), try await make("bob", fixture.everyone())
        )
        let states = try own.map { try fixture.verify($0) }
        let forgotten = states.prefix { $0 == .unknown }.count
        #expect((6...8).contains(forgotten))
        #expect(states.dropFirst(forgotten).allSatisfy { $0 == .refused(.revoked) })
        let (id, owner) = (own[0].id, own[0].token.record.owner)
        let lines = try await fixture.store.read { try $0.audit(token: id, owner: owner, limit: 9) }
        #expect(lines.map(\.kind) == [.tokenCreated, .tokenRevoked])
        #expect(try others.allSatisfy { try fixture.verify($0) == .refused(.revoked) })
    }

    @Test func theDefaultExpiryIsForThoseWhoSayNothing() async throws {
        let fixture = try AgentFixture(
            settings: AgentFixture.settings { $0.tokens.defaultExpiry = .days(90) })
        let now = fixture.clock.now
        let token = try await fixture.create("alice")
        #expect(token.token.record.expiresAt == now + .days(90))
        let longer = try await fixture.create(.label("alice")) {
            ($0.name, $0.expiry) = ("longer", .after(.days(900)))
        }
        #expect(longer.token.record.expiresAt == now + .days(900))
        let never = try await fixture.create(.label("alice")) { ($0.name, $0.expiry) = ("never", .never) }
        #expect(never.token.record.expiresAt == nil)
    }

    @Test func theLongestExpiryBindsEverybody() async throws {
        let fixture = try AgentFixture(settings: AgentFixture.settings { $0.tokens.maxExpiry = .days(10) })
        let now = fixture.clock.now
        let refused: [Expiry] = [
            .byDefault, .never, .after(.days(10) + 1), .at(now + .days(10) + .milliseconds(1)),
            .at(.distantFuture),
        ]
        for expiry in refused {
            let kind = try await failureKind {
                try await fixture.create(.label("alice")) { $0.expiry = expiry }
            }
            // What was sent is named.
            #expect(kind == .invalid(expiry == .after(.days(10) + 1) ? "expires_in" : "expires_at"))
        }
        try await fixture.create(.label("alice")) { $0.expiry = .after(.days(10)) }
    }

    @Test func anExpiryLiesInTheFuture() async throws {
        let fixture = try AgentFixture()
        let now = fixture.clock.now
        for expiry in [Expiry.at(now), .at(now - .days(1)), .after(.zero), .after(.seconds(-1))] {
            let kind = try await failureKind {
                try await fixture.create(.label("alice")) { $0.expiry = expiry }
            }
            #expect(kind == .invalid("expires_at"))
        }
        let past = try await fixture.create(.label("alice")) {
            ($0.name, $0.expiry) = ("past", .evenPast(now - .days(1)))
        }
        #expect(past.token.record.expiresAt == now - .days(1))
        #expect(try fixture.verify(past) == .refused(.expired))
        let far = try await fixture.create(.label("alice")) {
            $0.expiry = .after(TimeSpan(milliseconds: .max))
        }
        #expect(far.token.record.expiresAt == .distantFuture)
        #expect(try fixture.verify(far) == .active)
    }

    @Test func onlyAnAdminMakesTokensOfServices() async throws {
        let fixture = try AgentFixture()
        let robot = OwnerID(source: OwnerID.serviceSource, id: "robot")
        let request = CreateRequest(owner: .id(robot))
        #expect(
            try await failureKind { try await fixture.agent.create(request, try fixture.own("alice")) }
                == .notPermitted)
        let token = try await fixture.create(.id(robot))
        #expect(token.token.login == "robot" && token.token.email == nil)
        #expect(try fixture.verify(token) == .active)
        #expect(fixture.corp.counts.connected == 0)
    }

    @Test func oneMakesOnlyOnesOwn() async throws {
        let fixture = try AgentFixture()
        try await fixture.sync()
        let right = try fixture.own("alice")
        let own = try await fixture.agent.create(CreateRequest(owner: .label("alice")), right)
        #expect(own.token.record.owner == fixture.corp.owner("alice"))
        for query in [OwnerQuery.label("bob"), .id(fixture.corp.owner("bob"))] {
            let request = CreateRequest(owner: query)
            #expect(
                try await failureKind { try await fixture.agent.create(request, right) } == .notPermitted)
        }
    }
}

private func + (span: TimeSpan, milliseconds: Int64) -> TimeSpan {
    TimeSpan(milliseconds: span.milliseconds + milliseconds)
}
