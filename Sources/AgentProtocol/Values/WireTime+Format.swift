extension WireTime {
    /// Writes the 24 characters and returns their number.
    func write(into target: UnsafeMutableRawBufferPointer) -> Int {
        let clamped = min(max(self, .earliest), .latest).milliseconds
        let day = clamped.flooredQuotient(by: Self.dayMilliseconds)
        let rest = Int(clamped - day * Self.dayMilliseconds)
        let (year, month, dayOfMonth) = Self.civil(fromDays: Int(day))
        var digits = DigitWriter(target: target)
        digits.write(year, width: 4, then: "-")
        digits.write(month, width: 2, then: "-")
        digits.write(dayOfMonth, width: 2, then: "T")
        digits.write(rest / 3_600_000, width: 2, then: ":")
        digits.write(rest / 60_000 % 60, width: 2, then: ":")
        digits.write(rest / 1000 % 60, width: 2, then: ".")
        digits.write(rest % 1000, width: 3, then: "Z")
        return digits.written
    }

    static let dayMilliseconds: Int64 = 86_400_000

    /// The proleptic Gregorian date of a day number, 0 being 1970-01-01: Howard Hinnant's `civil_from_days`
    /// (https://howardhinnant.github.io/date_algorithms.html), years beginning in March.
    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
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
    let target: UnsafeMutableRawBufferPointer
    var written = 0

    mutating func write(_ value: Int, width: Int, then separator: Unicode.Scalar) {
        var rest = value
        for index in stride(from: written + width - 1, through: written, by: -1) {
            target[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        target[written + width] = UInt8(ascii: separator)
        written += width + 1
    }
}

extension Int64 {
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
