import Testing
import TokenCore

@testable import AgentCore

/// On which servers a connection is kept open for changes.
struct WatchingTests {
    private func refusal(_ watching: DirectorySettings.Watching) async throws -> String {
        let fixture = try AgentFixture()
        fixture.corp.tellChanges()
        try await fixture.sync()
        var directory = fixture.directories[0]
        directory.watching = watching
        do {
            _ = try await fixture.agent.sync.watch(directory)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func `by itself only on OpenLDAP, and on others where it was asked for`() async throws {
        #expect(try await refusal(.whereSafe).contains("on OpenLDAP only"))
        // It is asked, and this one cannot.
        #expect(try await refusal(.always).contains("cannot tell changes as they happen"))
    }
}
