import Testing
import TokenCore

struct TimestampTests {
    @Test func sumsSaturateAtTheEndsOfTime() {
        #expect(Timestamp.distantFuture + .seconds(1) == .distantFuture)
        #expect(Timestamp.distantPast - .seconds(1) == .distantPast)
        #expect(time(1) + TimeSpan(milliseconds: .max) == .distantFuture)
        #expect(time(-1) + TimeSpan(milliseconds: .min) == .distantPast)
        #expect(Timestamp.distantFuture + TimeSpan(milliseconds: -1) < .distantFuture)
    }

    @Test func differencesSaturateToo() {
        #expect(Timestamp.distantFuture - Timestamp.distantPast == TimeSpan(milliseconds: .max))
        #expect(Timestamp.distantPast - Timestamp.distantFuture == TimeSpan(milliseconds: .min))
        #expect(time(0) - Timestamp.distantPast == TimeSpan(milliseconds: .max))
        #expect(time(5) - TimeSpan(milliseconds: .min) == .distantFuture)
        #expect(time(7) - time(5) == .seconds(2))
    }

    @Test(arguments: [Int64.max, Int64.max / 1000 + 1])
    func spansSaturate(count: Int64) {
        for span in [TimeSpan.seconds(count), .minutes(count), .hours(count), .days(count)] {
            #expect(span == TimeSpan(milliseconds: .max))
        }
        for span in [TimeSpan.seconds(-count), .minutes(-count), .hours(-count), .days(-count)] {
            #expect(span == TimeSpan(milliseconds: .min))
        }
    }

    @Test func unitsAreWhatTheySay() {
        #expect(TimeSpan.seconds(1) == .milliseconds(1000))
        #expect(TimeSpan.minutes(1) == .seconds(60))
        #expect(TimeSpan.hours(1) == .minutes(60))
        #expect(TimeSpan.days(1) == .hours(24))
        #expect(TimeSpan.milliseconds(1500).seconds == 1.5)
        #expect(TimeSpan.seconds(2).duration == .seconds(2))
        #expect(TimeSpan.zero < .milliseconds(1))
    }
}
