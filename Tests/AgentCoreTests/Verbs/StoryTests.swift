import AgentCore
import Testing
import TokenCore

/// What `explain` tells of a person.
struct StoryTests {
    private let fixture: AgentFixture

    init() throws { fixture = try AgentFixture() }

    @Test func `a person's story names readings, server, look-up and purge, with times`() async throws {
        try await fixture.sync()
        let token = try await fixture.create("alice")
        fixture.corp.disable("alice")
        try await fixture.sync()
        let reading = try #require(try await fixture.sourceState()).reading
        fixture.corp.remove("alice")
        try await fixture.sync()
        let goneAt = fixture.clock.now
        _ = try fixture.verify(token)
        _ = try await fixture.eventually { try await fixture.state(token) == .purged }
        let story = try await fixture.agent.explain(.label("alice"), fixture.everyone())
        #expect(story.person.standing == .gone)
        #expect(
            story.events.map(\.kind) == [.tokenCreated, .userDisabled, .userGone, .tokenPurged])
        #expect(story.events[1].by.contains("reading \(reading) of corp from "))
        let gone = story.events[2]
        #expect(gone.at == goneAt)
        #expect(gone.by.contains("reading \(reading + 1) of corp from "))
        #expect(gone.detail == "alice, missing from what was read; \(Evidence.deleted.account)")
        #expect(story.events[3].by == "its use")
        #expect(story.events.map(\.token) == [token.token.record.id, nil, nil, token.token.record.id])
    }

    @Test func `a story is one's own, or it does not exist`() async throws {
        try await fixture.sync()
        try await fixture.create("alice")
        #expect(try await fixture.agent.explain(.label("alice"), fixture.own("alice")).events.count == 1)
        await #expect(throws: AgentError.self) {
            try await fixture.agent.explain(.label("alice"), fixture.own("bob"))
        }
    }
}
