import Testing
import TokenCore

@testable import AgentCore

struct GuardedClockTests {
    private let clock = TestClock()

    private func guarded(_ mark: ClockMark? = nil) -> GuardedClock {
        GuardedClock(mark: mark, wall: { clock.now }, steady: { clock.steady })
    }

    @Test func itTellsTheTimeOfAClockThatGoes() {
        let guarded = guarded()
        for span in [TimeSpan.zero, .milliseconds(1), .hours(23), .days(40)] {
            clock.advance(span)
            #expect(guarded.now() == clock.now)
            #expect(guarded.state == .trusted)
        }
    }

    @Test func putBackItGoesOnFromWhereItWas() {
        let guarded = guarded()
        clock.advance(.hours(5))
        let before = guarded.now()
        clock.leap(TimeSpan(milliseconds: -TimeSpan.days(3).milliseconds))
        #expect(guarded.now() == before)
        clock.advance(.hours(1))
        #expect(guarded.now() == before + .hours(1))
        #expect(guarded.state == .behind(.days(3)))
        clock.leap(.days(3))
        #expect(guarded.now() == clock.now && guarded.state == .trusted)
    }

    @Test func whatWasToldBetweenTwoRoundsIsNotTakenBack() {
        let guarded = guarded()
        _ = guarded.settle()
        clock.leap(.hours(2))
        let told = guarded.now()
        clock.leap(TimeSpan(milliseconds: -TimeSpan.hours(2).milliseconds))
        #expect(guarded.now() >= told)
        // And it does not stand still until the machine's clock has caught up.
        for minutes in 1...180 {
            clock.advance(.minutes(1))
            #expect(guarded.now() == told + .minutes(Int64(minutes)))
        }
        #expect(guarded.state == .behind(.hours(2)))
    }

    @Test func aLeapAheadIsToldAndLeavesNothingBehindWhenItIsMended() {
        let guarded = guarded()
        let before = guarded.now()
        clock.leap(.days(400))
        #expect(guarded.now() == before + .days(400), "who has expired by the clock is refused")
        #expect(guarded.isAhead && guarded.state == .ahead(.days(400)))
        #expect(guarded.settle().at == before, "what is on record is believed by the next start")
        clock.leap(TimeSpan(milliseconds: -TimeSpan.days(400).milliseconds))
        #expect(guarded.now() == before && guarded.state == .trusted)
    }

    @Test func whatIsGrantedGoesByTheTimeThatIsBelieved() {
        let guarded = guarded()
        clock.advance(.hours(1))
        #expect(guarded.granting() == clock.now)
        let before = guarded.now()
        clock.leap(.days(400))
        #expect(guarded.granting() == before)
        clock.advance(.hours(1))
        #expect(guarded.granting() == before + .hours(1))
        clock.leap(.days(-400))
        #expect(guarded.granting() == clock.now && guarded.now() == clock.now)
        clock.leap(.hours(-5))
        #expect(guarded.granting() == guarded.now(), "put back it goes on from where it was")
    }

    @Test func whatIsGrantedAfterARestGoesByTheClock() {
        clock.leap(.days(3))
        let guarded = guarded(ClockMark(at: TestClock.start))
        #expect(guarded.isAhead, "nothing is destroyed for it")
        #expect(guarded.granting() == clock.now)
        clock.advance(.hours(1))
        #expect(guarded.granting() == clock.now)
        let before = clock.now
        clock.leap(.days(400))
        #expect(guarded.granting() == before, "and a leap since then is seen")
    }

    @Test func aLeapThatLastsForADayIsTheTime() {
        let guarded = guarded()
        _ = guarded.settle()
        clock.leap(.days(400))
        for _ in 0..<23 {
            clock.advance(.hours(1))
            _ = guarded.settle()
            #expect(guarded.isAhead)
        }
        clock.advance(.hours(1))
        let mark = guarded.settle()
        #expect(mark.at == clock.now && mark.doubted == .zero)
        let until = clock.now - .days(400)
        let from = until - .days(1) - .minutes(1)
        #expect(mark.believed == ClockMark.Leap(from: from, until: until, by: .days(400)))
        #expect(!guarded.isAhead && guarded.now() == clock.now)
        #expect(guarded.settle() == ClockMark(at: clock.now), "once")
    }

    @Test func theDayIsTheDaemonsOwnHoweverOftenItStarts() {
        clock.leap(.days(30))
        var mark = ClockMark(at: TestClock.start)
        for hour in 1...24 {
            let guarded = guarded(mark)
            #expect(guarded.isAhead, "after \(hour - 1) hours")
            clock.advance(.hours(1))
            mark = guarded.settle()
            // Nobody runs it at night.
            clock.advance(.hours(10))
        }
        #expect(!guarded(mark).isAhead)
    }

    @Test func aStartBelievesTheRecordMoreThanAClockThatIsBehindIt() {
        let mark = ClockMark(at: clock.now + .days(10))
        let guarded = guarded(mark)
        #expect(guarded.now() == mark.at)
        clock.advance(.hours(1))
        #expect(guarded.now() == mark.at + .hours(1))
        #expect(guarded.state == .behind(.days(10)))
    }

    @Test func aDayAheadOfTheRecordIsWithinReasonAndAMillisecondMoreIsNot() {
        let mark = ClockMark(at: clock.now)
        clock.leap(.days(1))
        #expect(!guarded(mark).isAhead)
        clock.leap(.milliseconds(1))
        #expect(guarded(mark).isAhead)
    }

    @Test func theLatestChangeRaisesTheRecordUnlessItLeapt() {
        let mark = ClockMark(at: clock.now, doubted: .hours(3))
        #expect(mark.raised(to: clock.now + .hours(20), leap: .days(1)).at == clock.now + .hours(20))
        #expect(mark.raised(to: clock.now + .days(20), leap: .days(1)) == mark)
        #expect(mark.raised(to: nil, leap: .days(1)) == mark)
    }
}
