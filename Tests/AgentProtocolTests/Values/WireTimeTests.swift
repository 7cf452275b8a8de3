import Foundation
import Testing

@testable import AgentProtocol

@Suite struct WireTimeTests {
    @Test(
        "times are written in UTC with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_795_287_283_940, "2026-11-21T18:54:43.940Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func format(milliseconds: Int64, text: String) {
        #expect(WireTime(milliseconds: milliseconds).text == text)
        #expect(WireTime(text)?.milliseconds == milliseconds)
    }

    @Test("what no four-digit year can say is written as the end of time")
    func ends() {
        #expect(WireTime(milliseconds: .max).text == "9999-12-31T23:59:59.999Z")
        #expect(WireTime(milliseconds: .min).text == "0000-01-01T00:00:00.000Z")
    }

    @Test(
        "any offset, any fraction and either case is read",
        arguments: [
            ("2026-11-21T18:54:43Z", 1_795_287_283_000), ("2026-11-21t18:54:43z", 1_795_287_283_000),
            ("2026-11-21T19:54:43.94+01:00", 1_795_287_283_940),
            ("2026-11-21T13:24:43.9405999-05:30", 1_795_287_283_940),
            ("2026-11-21T18:54:43.1Z", 1_795_287_283_100),
            ("2026-11-22T00:00:00.000-00:00", 1_795_305_600_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000), ("2017-01-01T00:59:60+01:00", 1_483_228_800_000),
        ] as [(String, Int64)])
    func parse(text: String, milliseconds: Int64) {
        #expect(WireTime(text)?.milliseconds == milliseconds)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "now", "2026", "2026-11-21", "2026-11-21T18:54:43", "2026-11-21 18:54:43Z",
            "2026-11-21T18:54Z", "2026-11-21T18:54:43.Z",
            "2026-11-21T18:54:43,5Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T18:60:00Z",
            "2026-11-21T18:54:61Z",
            "2026-11-21T18:54:60Z", "2026-11-21T18:54:43+0100", "2026-11-21T18:54:43+24:00",
            "2026-11-21T18:54:43+01:60", "26-11-21T18:54:43Z",
            "2026-11-21T18:54:43Z ", " 2026-11-21T18:54:43Z", "2026-11-21T18:54:43ZZ",
            "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
            "+2026-11-21T18:54:43Z", "２026-11-21T18:54:43Z", "20261121T185443Z",
        ])
    func refuse(text: String) {
        #expect(WireTime(text) == nil)
    }

    @Test("Foundation reads what is written as the same moment")
    func againstFoundation() throws {
        var generator = SeededGenerator(seed: 3)
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for _ in 0..<5000 {
            // Foundation's calendar turns Julian before 1582.
            let time = WireTime(
                milliseconds: Int64.random(in: -12_000_000_000_000...253_402_300_799_999, using: &generator))
            let date = try format.parse(time.text)
            #expect(Int64((date.timeIntervalSince1970 * 1000).rounded()) == time.milliseconds)
            #expect(WireTime(time.text) == time)
        }
    }
}
