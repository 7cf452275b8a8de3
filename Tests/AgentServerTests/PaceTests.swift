import Testing

@testable import AgentServer

struct PaceTests {
    private let start = ContinuousClock.now

    @Test func `so many may come at once, and one more has to wait for its share of the second`() {
        let paces = Paces<Int>(perSecond: 50)
        for _ in 1...50 { #expect(paces.admit(7, at: start) == nil) }
        #expect(paces.admit(7, at: start) == .milliseconds(20))
        #expect(paces.admit(7, at: start + .milliseconds(19)) == .milliseconds(1))
        #expect(paces.admit(7, at: start + .milliseconds(20)) == nil)
        #expect(paces.admit(7, at: start + .milliseconds(20)) == .milliseconds(20))
    }

    @Test func `what was refused does not count`() {
        let paces = Paces<Int>(perSecond: 10)
        for _ in 1...10 { _ = paces.admit(7, at: start) }
        for _ in 1...1000 { #expect(paces.admit(7, at: start) == .milliseconds(100)) }
        #expect(paces.admit(7, at: start + .milliseconds(100)) == nil)
    }

    @Test func `a rest gives all of it back, and no more`() {
        let paces = Paces<Int>(perSecond: 10)
        for _ in 1...10 { _ = paces.admit(7, at: start) }
        let later = start + .seconds(3600)
        for _ in 1...10 { #expect(paces.admit(7, at: later) == nil) }
        #expect(paces.admit(7, at: later) != nil)
    }

    @Test func `each has a pace of their own`() {
        let paces = Paces<Int>(perSecond: 1)
        #expect(paces.admit(1, at: start) == nil)
        #expect(paces.admit(1, at: start) != nil)
        #expect(paces.admit(2, at: start) == nil)
    }

    @Test func `a delay grows to its limit, stays there, and is over when that time is over`() {
        let paces = Paces<Int>(perSecond: 100)
        let second = Duration.seconds(1)
        for _ in 1...100 { #expect(paces.delay(7, at: start, waitMax: second) == .zero) }
        #expect(paces.delay(7, at: start, waitMax: second) == .milliseconds(10))
        #expect(paces.delay(7, at: start, waitMax: second) == .milliseconds(20))
        for _ in 1...100_000 { #expect(paces.delay(7, at: start, waitMax: second) <= second) }
        #expect(paces.delay(7, at: start, waitMax: second) == second)
        // However often it was wrong, nobody is punished for longer than the delay itself.
        #expect(paces.delay(7, at: start + .milliseconds(1010), waitMax: second) == .zero)
    }

    @Test func `who has rested is forgotten when room is needed`() {
        let paces = Paces<Int>(perSecond: 10)
        for key in 0..<1024 { _ = paces.admit(key, at: start) }
        #expect(paces.count == 1024)
        _ = paces.admit(5000, at: start + .seconds(1))
        #expect(paces.count == 1)
    }

    @Test func `accepting backs off up to its limit, and begins anew when it succeeds`() {
        var backOff = AcceptBackOff()
        #expect((1...10).map { _ in backOff.failed() } == [10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000])
        backOff.succeeded()
        #expect(backOff.failed() == 10)
    }
}
