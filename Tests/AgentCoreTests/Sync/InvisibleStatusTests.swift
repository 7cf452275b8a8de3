import AgentCore
import Testing
import TokenCore

/// Who was disabled is not enabled because nobody may see any more who is.
struct InvisibleStatusTests {
    let fixture: AgentFixture
    let tokens: [IssuedToken]

    init() async throws {
        fixture = try AgentFixture()
        tokens = try await fixture.populate(12)
        for number in 0..<11 { fixture.corp.disable("person-\(number)", "nsAccountLock") }
        try await fixture.sync()
    }

    private func enable(_ numbers: Range<Int>) {
        for number in numbers { fixture.corp.disable("person-\(number)", nil) }
    }

    @Test func `many who look enabled, while nobody shows the attribute, stay disabled`() async throws {
        enable(0..<11)
        let error = try await failure { try await fixture.sync() }
        #expect(error?.kind == .directoryUnavailable)
        #expect(error?.text.contains("nobody shows nsAccountLock") == true, "\(error?.text ?? "")")
        for token in tokens.prefix(11) { #expect(try fixture.verify(token) == .refused(.suspended)) }
        #expect(try fixture.verify(tokens[11]) == .active)
    }

    @Test func `they are enabled where somebody still shows it`() async throws {
        enable(0..<11)
        fixture.corp.disable("person-11", "nsAccountLock")
        try await fixture.sync()
        for token in tokens.prefix(11) { #expect(try fixture.verify(token) == .active) }
    }

    @Test func `a few may be enabled all at once`() async throws {
        enable(0..<10)
        try await fixture.sync()
        enable(10..<11)
        try await fixture.sync()
        for token in tokens { #expect(try fixture.verify(token) == .active) }
    }

    /// Between two full readings, by a change that has nothing to do with it.
    private func tell(_ number: Int, asHint: Bool) async throws -> SyncReport {
        fixture.corp.edit("person-\(number)") { $0.displayName = "Somebody" }
        let login = ["person-\(number)"]
        fixture.corp.tell(upserts: asHint ? [] : login, hints: asHint ? login : [], cookie: 2)
        var request = SyncRequest(source: "corp")
        request.mode = .changes
        return try await fixture.syncAll(request)[0]
    }

    @Test(arguments: [false, true])
    func `changes enable nobody while nobody shows the attribute`(asHint: Bool) async throws {
        fixture.corp.tellChanges()
        try await fixture.sync()
        enable(0..<11)
        let error = try await failure { _ = try await tell(0, asHint: asHint) }
        #expect(error?.text.contains("nobody shows nsAccountLock") == true, "\(error?.text ?? "")")
        for token in tokens.prefix(11) { #expect(try fixture.verify(token) == .refused(.suspended)) }
    }

    @Test(arguments: [false, true])
    func `changes enable somebody where others show the attribute`(asHint: Bool) async throws {
        fixture.corp.tellChanges()
        try await fixture.sync()
        let read = fixture.corp.counts.enumerated
        enable(0..<1)
        #expect(try await tell(0, asHint: asHint).changed == 1)
        #expect(try fixture.verify(tokens[0]) == .active)
        #expect(fixture.corp.counts.enumerated == read)
    }

    @Test func `the last who showed the attribute is enabled by reading everybody`() async throws {
        enable(1..<11)
        fixture.corp.tellChanges()
        try await fixture.sync()
        enable(0..<1)
        #expect(try await tell(0, asHint: false).method == "fake")
        #expect(try fixture.verify(tokens[0]) == .active)
    }
}
