import AgentCore
import Testing
import TokenCore

/// What `directory test` finds out about the canary.
struct CanaryExaminationTests {
    private func check(canary: String?) async throws -> DirectoryCheck? {
        let fixture = try AgentFixture(canary: canary)
        let examined = try await fixture.agent.examineDirectories(source: nil, fixture.admin())
        return examined[0].checks.first { $0.check == "canary" }
    }

    @Test func `a canary that is there is found by its login`() async throws {
        #expect(try await check(canary: "alice")?.ok == true)
    }

    @Test func `one that nobody is fails, and says what to do`() async throws {
        let check = try #require(try await check(canary: "nobody"))
        #expect(!check.ok)
        #expect(check.advice?.contains("set canary") == true)
    }

    @Test func `where none is configured, none is looked for`() async throws {
        #expect(try await check(canary: nil) == nil)
    }
}
