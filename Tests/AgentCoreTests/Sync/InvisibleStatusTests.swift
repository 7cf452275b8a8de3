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
}
