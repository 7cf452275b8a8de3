import AgentCore
import Testing
import TokenCore

struct UpdateTests {
    let fixture: AgentFixture

    init() throws { fixture = try AgentFixture() }

    private func update(
        _ token: IssuedToken, by right: TokenRight, _ change: (inout UpdateRequest) -> Void
    ) async throws -> TokenView {
        var request = UpdateRequest(id: token.id)
        change(&request)
        return try await fixture.agent.update(request, right)
    }

    /// With an expiry, two flags, and no right to write.
    private func narrow() async throws -> IssuedToken {
        let expiry = Expiry.after(.days(10))
        return try await fixture.create(.label("alice")) { request in
            (request.write, request.flags, request.expiry) = (false, ["a", "b"], expiry)
        }
    }

    @Test func anAdminChangesWhateverThereIs() async throws {
        let token = try await narrow()
        fixture.clock.advance(.minutes(1))
        let view = try await update(token, by: try fixture.everyone()) { request in
            (request.write, request.flags, request.name) = (true, ["a", "b", "c"], "n")
            request.expiry = .clear
        }
        let record = view.record
        #expect(record.write && record.flags == ["a", "b", "c"] && record.name == "n")
        #expect(record.expiresAt == nil)
        #expect(record.updatedAt == fixture.clock.now && record.createdAt == TestClock.start)
        let demand = Demand(flags: ["c"], write: true)
        #expect(try fixture.verify(token, for: demand) == .active)
        let event = try await fixture.agent.explain(token.id, try fixture.everyone()).events.last
        #expect(event?.kind == .tokenUpdated && event?.by == "uid 0 (root)")
        #expect(event?.detail == "write true, flags [a b c], name n, no expiry")
    }

    @Test func onesOwnIsOnlyNarrowed() async throws {
        let token = try await narrow()
        let right = try fixture.own("alice")
        let widenings: [(inout UpdateRequest) -> Void] = [
            { $0.write = true }, { $0.flags = ["a", "c"] }, { $0.flags = ["a", "b", "c"] },
            { $0.expiry = .clear }, { $0.expiry = .set(TestClock.start + .days(11)) },
        ]
        for widening in widenings {
            let kind = try await failureKind { try await update(token, by: right, widening) }
            #expect(kind == .notPermitted)
        }
        #expect(try await fixture.show(token).record == token.token.record)
        let view = try await update(token, by: right) { request in
            (request.write, request.flags, request.name) = (false, ["b"], "renamed")
            request.expiry = .set(TestClock.start + .days(9))
        }
        #expect(view.record.flags == ["b"] && view.record.name == "renamed")
        #expect(view.record.expiresAt == TestClock.start + .days(9))
    }

    @Test func whatIsNotNamedStays() async throws {
        let token = try await narrow()
        fixture.clock.advance(.minutes(1))
        var expected = token.token.record
        (expected.name, expected.updatedAt) = ("n", fixture.clock.now)
        #expect(try await update(token, by: try fixture.own("alice")) { $0.name = "n" }.record == expected)
    }

    @Test func `another spelling of a flag or a name is another one`() async throws {
        let (one, two) = ("caf\u{e9}", "cafe\u{301}")
        let token = try await fixture.create(.label("alice")) { ($0.flags, $0.name) = ([one], one) }
        let right = try fixture.everyone()
        let record = try await update(token, by: right) { $0.flags = [two] }.record
        #expect(record.flags.map(Spelling.init) == [Spelling(two)])
        #expect(try fixture.verify(token, for: Demand(flags: [one])) == .refused(.missingFlag))
        #expect(try fixture.verify(token, for: Demand(flags: [two])) == .active)
        #expect(Spelling(try await update(token, by: right) { $0.name = two }.record.name) == Spelling(two))

        _ = try await fixture.create(.label("alice")) { $0.name = one }
        let kind = try await failureKind {
            try await update(token, by: right) { ($0.name, $0.write) = (one, false) }
        }
        #expect(kind == .conflict(.alreadyExists))
    }

    @Test func `what is so already is not written again`() async throws {
        let token = try await narrow()
        fixture.clock.advance(.minutes(1))
        let (record, revision) = (token.token.record, fixture.revision)
        let changes: [(inout UpdateRequest) -> Void] = [
            { _ in }, { $0.write = false }, { $0.flags = ["a", "b"] }, { $0.name = "" },
            { $0.expiry = .set(TestClock.start + .days(10)) },
        ]
        for change in changes {
            #expect(try await update(token, by: try fixture.own("alice"), change).record == record)
        }
        #expect(fixture.revision == revision)
    }

    @Test func anExpiryMayBeSetWhereThereWasNone() async throws {
        let token = try await fixture.create("alice")
        let now = fixture.clock.now
        _ = try await update(token, by: try fixture.own("alice")) { $0.expiry = .set(now) }
        #expect(try fixture.verify(token) == .refused(.expired))
        #expect(
            try await failureKind {
                try await update(token, by: try fixture.own("alice")) { $0.expiry = .clear }
            }
                == .notPermitted)
    }

    @Test func theLongestExpiryBindsUpdatesToo() async throws {
        let token = try await fixture.create("alice")
        fixture.agent.change(AgentFixture.settings { $0.tokens.maxExpiry = .days(1) })
        let late = fixture.clock.now + .days(2)
        for expiry in [UpdateRequest.ExpiryChange.clear, .set(late)] {
            let kind = try await failureKind {
                try await update(token, by: try fixture.everyone()) { $0.expiry = expiry }
            }
            #expect(kind == .invalid("expires_at"))
        }
        _ = try await update(token, by: try fixture.everyone()) { $0.write = false }
    }

    @Test func aTakenNameIsAConflict() async throws {
        let token = try await fixture.create("alice", name: "one")
        try await fixture.create("alice", name: "two")
        let kind = try await failureKind {
            try await update(token, by: try fixture.everyone()) { $0.name = "two" }
        }
        #expect(kind == .conflict(.alreadyExists))
        _ = try await update(token, by: try fixture.everyone()) { $0.name = "one" }
    }

    @Test func whatEndedOrIsAnothersIsNotChanged() async throws {
        let token = try await fixture.create("alice")
        #expect(
            try await failureKind { try await update(token, by: try fixture.own("bob")) { $0.write = false } }
                == .notFound)
        _ = try await fixture.agent.revoke(token.id, reason: nil, try fixture.everyone())
        #expect(
            try await failureKind { try await update(token, by: try fixture.everyone()) { $0.write = false } }
                == .conflict(.tokenEnded))
    }
}
