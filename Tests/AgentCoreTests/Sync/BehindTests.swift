import AgentCore
import Glibc
import Testing
import TokenCore
import TokenStorage

/// A server of several that has not got everything that was seen of the directory on the others.
struct BehindTests {
    let fixture: AgentFixture

    init() async throws {
        fixture = try AgentFixture()
    }

    private static func progress(_ number: Int, of server: String = "001") -> ServerProgress {
        ServerProgress(states: [server: "2026112118570\(number).000000Z#000000#\(server)#000000"])
    }

    private func serve(_ server: String, at progress: ServerProgress? = nil) {
        fixture.corp.change { ($0.server, $0.progress) = (server, progress) }
    }

    /// Somebody new, who was looked up on the server of now.
    @discardableResult
    private func newhire() async throws -> IssuedToken {
        fixture.corp.add("newhire")
        return try await fixture.create("newhire")
    }

    /// Why a reading is not complete.
    private func refusal() async throws -> String {
        do {
            _ = try await fixture.sync()
            return "none"
        } catch AgentError.directoryUnavailable(let detail) {
            return detail
        }
    }

    @Test func whoWasSeenElsewhereIsNotGoneFromAServerThatIsBehind() async throws {
        serve("a", at: Self.progress(1))
        try await fixture.sync()
        serve("a", at: Self.progress(2))
        let token = try await newhire()
        fixture.corp.remove("newhire")
        for behind in [Self.progress(1), Self.progress(9, of: "002"), nil] {
            serve("b", at: behind)
            #expect(try await refusal().contains("has not yet got what was seen"))
            // However long that lasts.
            fixture.clock.advance(.days(2))
            #expect(try await refusal().contains("has not yet got what was seen"))
            #expect(try fixture.verify(token) == .active)
        }
        #expect(try await fixture.sourceState()?.lastError?.contains("has not yet got") == true)
        serve("b", at: Self.progress(2))
        #expect(try await fixture.sync().gone == 1)
        #expect(try fixture.verify(token) == .refused(.obsolete))
    }

    @Test func whatAReadingSawCountsAsSeenUntilItsEnd() async throws {
        serve("a", at: Self.progress(1))
        let gate = fixture.corp.gate(.enumeration(after: 0))
        async let reading = fixture.sync()
        await gate.arrival()
        fixture.corp.add("newhire")
        serve("a", at: Self.progress(2))
        fixture.corp.change { $0.gates = [:] }
        gate.open()
        _ = try await reading
        _ = try await fixture.create("alice")
        serve("b", at: Self.progress(1))
        #expect(try await refusal().contains("has not yet got what was seen"))
    }

    @Test func otherServersAreNotHeldAgainstThoseOfBefore() async throws {
        serve("a", at: Self.progress(2))
        try await fixture.sync()
        fixture.corp.change { $0.fingerprint = "fingerprint-2" }
        serve("b", at: Self.progress(9, of: "007"))
        let held = try #require(try await fixture.sync().held)
        #expect(try await fixture.sync(approve: held.hold.plan.id).complete)
        #expect(try await fixture.sync().accepted)
        serve("b", at: Self.progress(8, of: "007"))
        #expect(try await refusal().contains("has not yet got what was seen"))
    }

    @Test func whereServersDoNotSayHowFarTheyAreAnotherOneIsBelievedTheSecondTime() async throws {
        serve("a")
        try await fixture.sync()
        let token = try await newhire()
        fixture.corp.remove("newhire")
        serve("b")
        #expect(try await refusal().contains("seen on a"))
        fixture.clock.advance(.minutes(10))
        try await fixture.restart()
        #expect(try await refusal().contains("seen on a"))
        #expect(try fixture.verify(token) == .active)
        fixture.clock.advance(.minutes(5))
        #expect(try await fixture.sync().gone == 1)
        #expect(try fixture.verify(token) == .refused(.obsolete))
    }

    @Test func anotherServerThatHasEverybodyIsBelievedAtOnceAndSoIsTheSameOne() async throws {
        serve("a")
        try await fixture.sync()
        let token = try await newhire()
        serve("b")
        #expect(try await fixture.sync().accepted)
        fixture.corp.remove("newhire")
        #expect(try await fixture.sync().gone == 1)
        #expect(try fixture.verify(token) == .refused(.obsolete))
    }

    @Test func whoeverIsSeenOnTheOtherAgainBeginsTheDoubtAnew() async throws {
        serve("a")
        try await fixture.sync()
        _ = try await newhire()
        fixture.corp.remove("newhire")
        serve("b")
        #expect(try await refusal().contains("seen on a"))
        fixture.clock.advance(.minutes(20))
        serve("a")
        fixture.corp.add("second")
        _ = try await fixture.create("second")
        fixture.corp.remove("second")
        serve("b")
        #expect(try await refusal().contains("seen on a"))
    }
}

/// Look-ups of single people, beside the readings.
extension BehindTests {
    @Test func aLookUpTakesNothingFromAServerThatIsBehind() async throws {
        serve("a", at: Self.progress(1))
        try await fixture.sync()
        let old = try await fixture.create("alice")
        fixture.corp.remove("alice")
        serve("a", at: Self.progress(2))
        #expect(try await fixture.sync().gone == 1)
        let alice = fixture.corp.add("alice")
        for behind in [Self.progress(1), Self.progress(9, of: "002"), nil] {
            serve("b", at: behind)
            fixture.clock.advance(.minutes(1))
            for query in [OwnerQuery.label("alice"), .id(alice), .label("newhire")] {
                #expect(try await failureKind { try await fixture.create(query) } == .directoryUnavailable)
            }
            let story = try await failure { try await fixture.create("newhire") }
            #expect(
                story?.text.contains("has not yet got what was seen") == true, "\(String(describing: story))")
            #expect(try await fixture.state(old) == .obsolete)
        }
        #expect(fixture.corp.counts.connected == fixture.corp.counts.closed)
        serve("b", at: Self.progress(2))
        #expect(try await failureKind { try await fixture.create("newhire") } == .notFound)
        #expect(try fixture.verify(try await fixture.create("alice", name: "new")) == .active)
    }

    @Test func whatIsSeenWhileSomebodyIsLookedUpCountsAgainstTheirServer() async throws {
        serve("a", at: Self.progress(1))
        try await fixture.sync()
        let gate = fixture.corp.gate(.find)
        async let refused = failureKind { try await newhire() }
        await gate.arrival()
        fixture.corp.change { $0.gates = [:] }
        let corp = fixture.corp.name
        try await fixture.store.mutate { writer in
            try writer.see(Sight(source: corp, server: "b", progress: Self.progress(2)))
        }
        gate.open()
        #expect(try await refused == .directoryUnavailable)
    }

    @Test func whoIsLookedUpWhileMoreIsToldIsLookedUpAgain() async throws {
        serve("a", at: Self.progress(1))
        try await fixture.sync()
        let gate = fixture.corp.gate(.find)
        async let token = newhire()
        await gate.arrival()
        fixture.corp.change { $0.gates = [:] }
        let corp = fixture.corp
        let closed = corp.counts.closed
        async let changes: Void = fixture.store.mutate { writer in
            // The writer's next turn is that of the token.
            gate.open()
            while corp.counts.closed == closed { usleep(100) }
            corp.change { $0.progress = Self.progress(2) }
            try writer.see(Sight(source: corp.name, server: "a", progress: Self.progress(2)))
        }
        try await changes
        #expect(try fixture.verify(try await token) == .active)
    }

    @Test func aLookUpIsNotHeldAgainstServersOfBefore() async throws {
        serve("a", at: Self.progress(2))
        try await fixture.sync()
        fixture.corp.change { $0.fingerprint = "fingerprint-2" }
        serve("b", at: Self.progress(1, of: "007"))
        #expect(try fixture.verify(try await newhire()) == .active)
    }

    @Test(arguments: [false, true])
    func aLookUpOnAnotherServerLiftsNoDoubt(isFirst: Bool) async throws {
        serve("a")
        try await fixture.sync()
        let token = try await newhire()
        fixture.corp.remove("newhire")
        serve("b")
        if !isFirst { #expect(try await refusal().contains("seen on a")) }
        fixture.clock.advance(.minutes(5))
        fixture.corp.add("second")
        _ = try await fixture.create("second")
        #expect(try await refusal().contains("seen on a"))
        #expect(try fixture.verify(token) == .active)
        // Nor does it make the doubt last.
        fixture.clock.advance(.minutes(isFirst ? 14 : 8))
        #expect(try await fixture.sync().gone == 1)
        #expect(try fixture.verify(token) == .refused(.obsolete))
    }

    @Test func whoWasSeenOnTheOtherMeanwhileIsNotGoneFromTheOneThatWasRead() async throws {
        serve("a")
        try await fixture.sync()
        serve("b")
        _ = try await newhire()
        fixture.corp.remove("newhire")
        serve("a")
        #expect(try await refusal().contains("seen on b"))
        fixture.clock.advance(.minutes(14))
        #expect(try await fixture.sync().gone == 1)
    }

    @Test func whoIsFoundElsewhereDuringAReadingIsNotGoneWithTheNext() async throws {
        serve("a")
        try await fixture.sync()
        let gate = fixture.corp.gate(.enumeration(after: 0))
        async let reading = fixture.sync()
        await gate.arrival()
        fixture.corp.change { $0.gates = [:] }
        serve("b")
        let token = try await newhire()
        fixture.corp.remove("newhire")
        serve("a")
        gate.open()
        #expect(try await reading.accepted)
        #expect(try await refusal().contains("seen on b"))
        #expect(try fixture.verify(token) == .active)
    }

    @Test func twoServersThatMissSomebodyByTurnsAreBelievedAllTheSame() async throws {
        serve("a")
        try await fixture.sync()
        serve("b")
        let token = try await newhire()
        fixture.corp.remove("newhire")
        for server in ["a", "b", "a", "b"] {
            serve(server)
            #expect(try await refusal().contains("seen on"))
            fixture.clock.advance(.minutes(3))
        }
        serve("a")
        #expect(try await fixture.sync().gone == 1)
        #expect(try fixture.verify(token) == .refused(.obsolete))
    }

    @Test(arguments: ["url", "base"])
    func whatIsSeenOnOtherServersIsNotHeldAgainstThoseThatArePutBack(key: String) async throws {
        func configure(_ value: String) {
            fixture.corp.change { $0.fingerprint = Fingerprint.text([(key, value)]) }
        }
        configure("right")
        serve("a", at: Self.progress(1))
        try await fixture.sync()
        configure("wrong")
        serve("b", at: Self.progress(9, of: "007"))
        try await newhire()
        configure("right")
        serve("a", at: Self.progress(1))
        #expect(try await fixture.sync().complete)
        fixture.corp.add("second")
        #expect(try fixture.verify(try await fixture.create("second")) == .active)
    }

    @Test func whatIsSeenUnderAnotherFilterCountsAgainstTheServersOfBefore() async throws {
        func configure(_ filter: String) {
            fixture.corp.change { $0.fingerprint = Fingerprint.text([("url", "a"), ("filter", filter)]) }
        }
        configure("(uid=*)")
        serve("a", at: Self.progress(1))
        try await fixture.sync()
        configure("(cn=*)")
        serve("a", at: Self.progress(2))
        try await newhire()
        configure("(uid=*)")
        serve("b", at: Self.progress(1))
        #expect(try await refusal().contains("has not yet got what was seen"))
    }
}
