import Testing
import TokenCore

/// Where servers do not say how far they have got.
struct HorizonTests {
    private static let a = Sight(source: "corp", server: "a")
    private static let b = Sight(source: "corp", server: "b")
    private static let c = Sight(source: "corp", server: "c")
    private static let begin = Timestamp(seconds: 1000)
    private static let end = begin + Horizon.doubtSpan

    private var horizon = Horizon(source: "corp")

    init() { horizon.settle(on: Self.a) }

    @Test mutating func theServerOfTheLastReadingIsBelieved() {
        #expect(horizon.doubt(Self.a, at: Self.begin) == nil)
        var nothing = Horizon(source: "corp")
        #expect(nothing.doubt(Self.a, at: Self.begin) == nil)
    }

    @Test mutating func anotherIsDoubtedForAWhile() {
        #expect(horizon.doubt(Self.b, at: Self.begin) == Self.end)
        #expect(horizon.doubt(Self.b, at: Self.begin + .minutes(14)) == Self.end)
        #expect(horizon.doubt(Self.b, at: Self.end) == nil)
    }

    @Test mutating func eachIsDoubtedForItself() {
        #expect(horizon.doubt(Self.b, at: Self.begin) == Self.end)
        let later = Self.begin + .minutes(5)
        #expect(horizon.doubt(Self.c, at: later) == later + Horizon.doubtSpan)
        #expect(horizon.doubt(Self.b, at: Self.end) == nil)
        #expect(horizon.doubt(Self.c, at: Self.end) != nil)
    }

    @Test mutating func whoIsSeenOnTheDoubtedOneSaysNothingOfTheOthers() {
        #expect(horizon.doubt(Self.b, at: Self.begin) == Self.end)
        horizon.see(Self.b)
        #expect(horizon.doubt(Self.b, at: Self.begin + .minutes(14)) == Self.end)
        #expect(horizon.doubt(Self.b, at: Self.end) == nil)
        // And nobody knows whether the first has got them.
        #expect(horizon.doubt(Self.a, at: Self.end) == Self.end + Horizon.doubtSpan)
        #expect(horizon.others(than: Self.c) == ["a", "b"])
    }

    @Test mutating func whoIsSeenOnAnotherBeginsTheDoubtAnew() {
        #expect(horizon.doubt(Self.b, at: Self.begin) == Self.end)
        horizon.see(Self.a)
        #expect(horizon.doubt(Self.b, at: Self.end) == Self.end + Horizon.doubtSpan)
    }

    @Test mutating func anAcceptedReadingEndsAllDoubts() {
        horizon.see(Self.b)
        #expect(horizon.doubt(Self.a, at: Self.begin) == Self.end)
        #expect(horizon.doubt(Self.b, at: Self.begin) == Self.end)
        horizon.settle(on: Self.b)
        #expect(horizon.doubts.isEmpty && horizon.servers == ["b"])
        #expect(horizon.doubt(Self.b, at: Self.begin) == nil)
    }

    @Test mutating func aReadingThatWentByACookieAloneLeavesNothingToHoldLookUpsAgainst() {
        horizon.see(Sight(source: "corp", server: "a", progress: ServerProgress(states: ["000": "1"])))
        #expect(horizon.lack(at: Self.a) != nil)
        horizon.settle(on: Self.a)
        #expect(horizon.lack(at: Self.a) == nil)
    }

    @Test mutating func aClockThatWentBackBeginsTheDoubtAnew() {
        #expect(horizon.doubt(Self.b, at: Self.end) == Self.end + Horizon.doubtSpan)
        #expect(horizon.doubt(Self.b, at: Self.begin) == Self.end)
    }
}
