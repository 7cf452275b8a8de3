import Testing
import TokenCore

@testable import AgentCore

/// On which servers a connection is kept open for changes.
struct WatchingTests {
    private func end(
        _ watching: DirectorySettings.Watching, _ content: (inout FakeDirectory.Content) -> Void = { _ in }
    ) async throws -> DirectorySync.WatchEnd {
        let fixture = try AgentFixture()
        fixture.corp.tellChanges()
        try await fixture.sync()
        var directory = fixture.directories[0]
        directory.watching = watching
        fixture.corp.change(content)
        return try await fixture.agent.sync.watch(directory) { true }
    }

    @Test func `by itself only on OpenLDAP, and on others where it was asked for`() async throws {
        let held = { (content: inout FakeDirectory.Content) in content.watched = [content.told] }
        #expect(try await end(.whereSafe, held) == .unable)
        // It is asked, and this one cannot.
        #expect(try await end(.always) == .unable)
    }
}
