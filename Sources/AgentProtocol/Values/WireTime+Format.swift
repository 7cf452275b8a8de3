extension WireTime {
    /// Writes the 24 characters and returns their number.
    func write(into target: UnsafeMutableRawBufferPointer) -> Int {
        precondition(target.count >= Self.textBytes)
        let clamped = min(max(self, .earliest), .latest).milliseconds
        let day = clamped.flooredQuotient(by: Self.dayMilliseconds)
        let rest = UInt32(truncatingIfNeeded: clamped - day * Self.dayMilliseconds)
        let (year, month, dayOfMonth) = Self.civil(fromDays: Int32(truncatingIfNeeded: day))
        let (minutes, milliseconds) = rest.quotientAndRemainder(dividingBy: 60_000)
        let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
        let (second, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let (century, yearOfCentury) = year.quotientAndRemainder(dividingBy: 100)
        let digits = DigitWriter(target: target.baseAddress!)
        digits.write(century, at: 0)
        digits.write(yearOfCentury, at: 2, then: "-")
        digits.write(month, at: 5, then: "-")
        digits.write(dayOfMonth, at: 8, then: "T")
        digits.write(hour, at: 11, then: ":")
        digits.write(minute, at: 14, then: ":")
        digits.write(second, at: 17, then: ".")
        digits.write(fraction / 10, at: 20)
        // The pair's second digit is written over.
        digits.write(fraction % 10 * 10, at: 22)
        digits.write("Z", at: 23)
        return Self.textBytes
    }

    static let dayMilliseconds: Int64 = 86_400_000

    /// The proleptic Gregorian date of a day number, 0 being 1970-01-01: Howard Hinnant's `civil_from_days`
    /// (https://howardhinnant.github.io/date_algorithms.html), years beginning in March.
    ///
    /// Narrow numbers: this is the verify path, and they are divided by with less.
    private static func civil(fromDays days: Int32) -> (year: UInt32, month: UInt32, day: UInt32) {
        // From the year -400 on, so that nothing is negative: `earliest` is in the year 0.
        let shifted = UInt32(bitPattern: days &+ 719_468 &+ 146_097)
        let era = shifted / 146_097
        let dayOfEra = shifted &- era &* 146_097
        let leapDays = dayOfEra / 1460 &- dayOfEra / 36_524 &+ dayOfEra / 146_096
        let yearOfEra = (dayOfEra &- leapDays) / 365
        let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
        let marchMonth = (5 &* dayOfYear &+ 2) / 153
        let month = marchMonth < 10 ? marchMonth &+ 3 : marchMonth &- 9
        let year = yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0) &- 400
        return (year, month, dayOfYear &- (153 &* marchMonth &+ 2) / 5 &+ 1)
    }

    /// The day number of a date: `days_from_civil`, the inverse.
    static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

private struct DigitWriter {
    let target: UnsafeMutableRawPointer

    /// A number below 100, as two digits.
    @inline(__always)
    func write(_ value: UInt32, at offset: Int) {
        let tens = value / 10
        let pair = UInt16(truncatingIfNeeded: (tens | (value &- tens &* 10) &<< 8) &+ 0x3030)
        target.storeBytes(of: pair.littleEndian, toByteOffset: offset, as: UInt16.self)
    }

    @inline(__always)
    func write(_ value: UInt32, at offset: Int, then separator: Unicode.Scalar) {
        write(value, at: offset)
        write(separator, at: offset + 2)
    }

    @inline(__always)
    func write(_ separator: Unicode.Scalar, at offset: Int) {
        target.storeBytes(of: UInt8(ascii: separator), toByteOffset: offset, as: UInt8.self)
    }
}

extension Int64 {
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
