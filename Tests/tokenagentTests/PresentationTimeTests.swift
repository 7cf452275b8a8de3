import AgentProtocol
import Testing

@testable import tokenagent

@Suite struct PresentationTimeTests {
    @Test(
        arguments: [
            (0, "just now"), (4, "just now"), (5, "5 seconds ago"), (119, "119 seconds ago"),
            (120, "2 minutes ago"), (7199, "119 minutes ago"), (7200, "2 hours ago"),
            (71 * 3600, "71 hours ago"), (72 * 3600, "3 days ago"), (729 * 86_400, "729 days ago"),
            (730 * 86_400, "2 years ago"), (-90, "in 90 seconds"), (-90 * 86_400, "in 90 days"),
        ] as [(Int64, String)])
    func `an age is told in the largest unit that says enough`(seconds: Int64, text: String) {
        #expect(Age(seconds: seconds).relative == text)
    }

    @Test(arguments: [
        ("UTC", "2026-11-21 18:04"), ("Europe/Berlin", "2026-11-21 19:04"),
        ("Pacific/Auckland", "2026-11-22 07:04"),
    ])
    func `a time is shown on the clock of who reads it`(zone: String, text: String) throws {
        let time = try #require(WireTime("2026-11-21T18:04:59.999Z"))
        #expect(time.local(PresentationTests.style(zone: zone)) == text)
    }

    @Test(arguments: [
        ("UTC", "2026-11-21T18:04:59Z"), ("Europe/Berlin", "2026-11-21T19:04:59+01:00"),
        ("America/St_Johns", "2026-11-21T14:34:59-03:30"),
    ])
    func `a record's time has seconds and zone, and an option takes it`(zone: String, text: String) throws {
        let time = try #require(WireTime("2026-11-21T18:04:59Z"))
        #expect(time.stamp(PresentationTests.style(zone: zone)) == text)
        #expect(WireTime(text) == time)
    }

    @Test func `a card has both the time and its age`() throws {
        let time = try #require(WireTime("2026-11-20T18:54:43Z"))
        #expect(time.full(PresentationTests.style()) == "2026-11-20 18:54 (24 hours ago)")
    }
}
