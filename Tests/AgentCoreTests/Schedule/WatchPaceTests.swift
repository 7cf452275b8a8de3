import Testing

@testable import AgentCore

struct WatchPaceTests {
    @Test func readingsThatSettleNothingBecomeEverMoreRare() {
        var pace = WatchPace(changesInterval: .seconds(300))
        var now = ContinuousClock.now
        var pauses: [Duration] = []
        for _ in 0..<12 {
            let at = pace.reading(at: now)
            pauses.append(at - now)
            now = at + .seconds(2)
            pace.noteReading(endedAt: now)
        }
        #expect(pauses == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map { .seconds($0) })
        now += .seconds(301)
        #expect(pace.reading(at: now) == now)
    }

    @Test func whatCannotBeSettledSixTimesIsReadInFull() {
        var pace = WatchPace(changesInterval: .seconds(1))
        var isDue: [Bool] = []
        for _ in 1...6 { isDue.append(pace.noteUnsettled()) }
        #expect(isDue == [false, false, false, false, false, true])
        _ = pace.reading(at: .now)
        isDue = [pace.noteUnsettled()]
        #expect(isDue == [false])
    }
}
