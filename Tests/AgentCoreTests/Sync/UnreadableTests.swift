import AgentCore
import Testing
import TokenCore

/// A directory that cannot be read, or not all of it, never takes a token away.
struct UnreadableTests {
    let fixture: AgentFixture
    let token: IssuedToken

    init() async throws {
        fixture = try AgentFixture()
        try await fixture.sync()
        token = try await fixture.create("alice")
        fixture.corp.remove("alice")
    }

    static let errors: [DirectoryError] = [
        .unreachable(server: "s", code: -1, detail: "gone"), .insecure(server: "s", detail: "expired"),
        .bindRefused(server: "s", code: 49, detail: "no"), .timedOut(server: "s", phase: "page"),
        .refused(server: "s", code: 4, detail: "size limit"), .incomplete(server: "s", reason: "half"),
        .misconfigured(detail: "no base"), .cancelled,
    ]

    static let points: [FakeDirectory.Point] = [
        .connect, .enumeration(after: 0), .enumeration(after: 3), .enumeration(after: 11), .members,
    ]

    @Test(arguments: errors, points)
    func nothingChangesWhereverItFails(error: DirectoryError, point: FakeDirectory.Point) async throws {
        let filter = Access.Rule(role: .admin, directoryFilter: "(g=a)")
        fixture.agent.change(AgentSettings(access: Access(rules: [filter])))
        let (state, revision) = (try await fixture.sourceState(), fixture.revision)
        fixture.corp.disable("bob")
        fixture.corp.add("newcomer")
        fixture.corp.change { $0.failures[point] = error }
        let refusal = try await failure { try await fixture.sync() }
        #expect(refusal == .directoryUnavailable("corp: \(error)"))
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.person("alice")?.standing == .present)
        #expect(try await fixture.person("bob")?.standing == .present)
        #expect(try await fixture.person("newcomer") == nil)
        #expect(fixture.revision == revision)
        #expect(fixture.corp.counts.connected == fixture.corp.counts.closed)
        let now = try await fixture.sourceState()
        #expect(now?.lastError == "\(error)" && now?.lastAttemptAt == fixture.clock.now)
        #expect(now?.lastCompleteAt == state?.lastCompleteAt && now?.people == state?.people)
        // And when it can be read again, all is done.
        fixture.corp.change { $0.failures = [:] }
        #expect(try await fixture.sync().gone == 1)
        #expect(try fixture.verify(token) == .refused(.obsolete))
    }

    @Test func whereNoneCanBeConfirmedNobodyIsGone() async throws {
        fixture.corp.change { $0.failures[.confirmation] = .timedOut(server: "s", phase: "search") }
        let report = try await fixture.sync()
        #expect(report.complete && report.gone == 0 && report.unconfirmed == 1)
        #expect(report.error?.contains("s did not answer in time (search)") == true)
        #expect(try fixture.verify(token) == .active)
        // And it is told until they can be.
        try await fixture.restart()
        let status = try await status()
        #expect(status.state == .unconfirmed && status.memory.unconfirmed == 1)
        #expect(status.memory.unconfirmedWhy?.contains("did not answer in time") == true)
        #expect(try await fixture.sync().accepted)
        #expect(try await self.status().state == .unconfirmed)
        fixture.corp.change { $0.failures = [:] }
        #expect(try await fixture.sync().gone == 1)
        #expect(try await self.status().state == .current)
        #expect(try await self.status().memory.unconfirmedWhy == nil)
    }

    private func status() async throws -> SourceStatus {
        try await fixture.agent.directoryStatus(try fixture.verifier())[0]
    }

    @Test func aHeldReadingTellsWhomItCouldNotConfirm() async throws {
        fixture.corp.change { content in
            content.failures[.confirmation] = .timedOut(server: "s", phase: "search")
            content.fingerprint = "fingerprint-2"
        }
        let report = try await fixture.sync()
        #expect(report.held != nil && report.unconfirmed == 1)
        let status = try await status()
        #expect(status.state == .held && status.memory.unconfirmed == 1)
    }

    @Test func anEmptyDirectoryIsNotRead() async throws {
        fixture.corp.change { $0.people = [:] }
        let error = try await failure { try await fixture.sync() }
        #expect(error?.kind == .directoryUnavailable)
        #expect(try fixture.verify(token) == .active)
    }

    @Test func aSearchThatSucceedsAndFindsNobodyIsNotRead() async throws {
        fixture.corp.change { $0.showsNobody = true }
        let error = try await failure { try await fixture.sync() }
        #expect(error?.text.contains("none of the people known to be there") == true)
        #expect(try fixture.verify(token) == .active)
        #expect(fixture.corp.counts.confirmed == [[]])
    }

    @Test func aSearchThatFindsOnlyStrangersIsNotRead() async throws {
        fixture.corp.change { $0.people = [:] }
        for number in 0..<20 { fixture.corp.add("stranger-\(number)") }
        #expect(try await failureKind { try await fixture.sync() } == .directoryUnavailable)
        #expect(try fixture.verify(token) == .active)
        #expect(try await fixture.person("stranger-0") == nil)
    }

    @Test func whoIsToldTwiceCountsOnce() async throws {
        fixture.corp.change { content in
            content.repeats = content.people.values.filter { $0.login.hasPrefix("extra") }
        }
        #expect(try await fixture.sync().people == 11)
    }

    @Test func aDryRunThatFailsLeavesNoTrace() async throws {
        let state = try await fixture.sourceState()
        fixture.corp.change { $0.failures[.connect] = .cancelled }
        #expect(try await failureKind { try await fixture.sync(dryRun: true) } == .directoryUnavailable)
        #expect(try await fixture.sourceState() == state)
    }
}
