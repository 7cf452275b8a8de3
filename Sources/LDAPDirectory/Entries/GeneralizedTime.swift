import TokenCore

/// `YYYYMMDDhh[mm[ss]][.fraction](Z|±hh[mm])` (RFC 4517 3.3.13).
enum GeneralizedTime {
    static func timestamp(_ text: String) -> Timestamp? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard [10, 12, 14].contains(digits.count) else { return nil }
        let fields = numbers(digits)
        guard let zone = offsetMinutes(text.dropFirst(digits.count)) else { return nil }
        guard (1...12).contains(fields[1]), (1...31).contains(fields[2]), fields[3] < 24, fields[4] < 60,
            fields[5] <= 60
        else { return nil }
        let days = daysSince1970(year: fields[0], month: fields[1], day: fields[2])
        return Timestamp(seconds: days * 86400 + fields[3] * 3600 + (fields[4] - zone) * 60 + fields[5])
    }

    /// To the second, which is how exact servers are that compare these as text.
    static func text(_ moment: Timestamp) -> String {
        let seconds = moment.milliseconds.flooredQuotient(by: 1000)
        let days = seconds.flooredQuotient(by: 86400)
        let (rest, date) = (seconds - days * 86400, civil(days))
        let fields =
            [(date.year, 4), (date.month, 2), (date.day, 2)]
            + [3600, 60, 1].map {
                (rest / $0 % ($0 == 3600 ? 24 : 60), 2)
            }
        return fields.map { value, width in
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }.joined() + "Z"
    }

    /// Year, month, day, hour, minute, second; what is left out is 0.
    private static func numbers(_ digits: Substring) -> [Int64] {
        var rest = digits
        return [4, 2, 2, 2, 2, 2].map { width in
            defer { rest = rest.dropFirst(width) }
            return Int64(rest.prefix(width)) ?? 0
        }
    }

    private static func offsetMinutes(_ text: Substring) -> Int64? {
        var rest = text
        if let mark = rest.first, mark == "." || mark == "," {
            rest = rest.dropFirst().drop { $0.isASCII && $0.isNumber }
        }
        if rest == "Z" { return 0 }
        guard let sign = rest.popFirst(), sign == "+" || sign == "-", rest.count == 2 || rest.count == 4,
            let hours = Int64(rest.prefix(2)), let minutes = Int64("0" + rest.dropFirst(2))
        else { return nil }
        return (hours * 60 + minutes) * (sign == "-" ? -1 : 1)
    }

    /// The proleptic Gregorian calendar; Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The reverse, from the same source.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}

extension Int64 {
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        (self >= 0 ? self : self - divisor + 1) / divisor
    }
}
