import Testing

@testable import tokenagent

@Suite struct DurationTests {
    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("10s", .seconds(10)), ("5m", .seconds(300)),
        ("24h", .seconds(86_400)), ("30d", .seconds(2_592_000)), ("0s", .zero),
    ])
    func `every unit of the contract is understood`(text: String, duration: Duration) {
        #expect(Duration(text: text) == duration)
    }

    @Test(arguments: [
        "", "10", "s", "1.5h", "-1s", "+1s", "1 s", "1h30m", "10S", "1w", "٣s", "9223372036854775807d",
    ])
    func `anything else is not a duration`(text: String) {
        #expect(Duration(text: text) == nil)
    }

    @Test(arguments: ["500ms", "10s", "90m", "5m", "1d", "36h", "0s"])
    func `a duration is written in the largest unit that fits`(text: String) {
        #expect(Duration(text: text)?.text == text)
    }
}
