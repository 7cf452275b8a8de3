extension WireTime {
    /// Reads RFC 3339 section 5.6: any offset, an optional fraction (cut to milliseconds), `T` and `Z` in
    /// either case; a leap second only where one can be, at the end of a UTC day. nil for anything else.
    public init?(_ text: String) {
        var text = text
        guard let time = text.withUTF8({ WireTime(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = time
    }

    init?(_ utf8: UnsafeRawBufferPointer) {
        var reader = TimeReader(bytes: utf8)
        guard let milliseconds = reader.milliseconds() else { return nil }
        let time = WireTime(milliseconds: milliseconds)
        guard time >= .earliest, time <= .latest else { return nil }
        self = time
    }
}

private struct TimeReader {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    mutating func milliseconds() -> Int64? {
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
            take("T") || take("t"), let hour = number(2), take(":"), let minute = number(2), take(":"),
            let second = number(2), let fraction = fraction(), let offset = offsetMinutes(),
            position == bytes.count
        else { return nil }
        guard (1...12).contains(month), (1...Self.daysIn(month, year)).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let minutes = WireTime.days(year: year, month: month, day: day) * 1440 + hour * 60 + minute - offset
        if second == 60, (minutes + 1) % 1440 != 0 { return nil }
        return Int64(minutes * 60 + second) * 1000 + Int64(fraction)
    }

    private static func daysIn(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    private mutating func digit() -> Int? {
        guard position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 else { return nil }
        position += 1
        return Int(bytes[position - 1] - UInt8(ascii: "0"))
    }

    private mutating func number(_ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Milliseconds; digits beyond the third are read over.
    private mutating func fraction() -> Int? {
        guard take(".") else { return 0 }
        var value = 0
        var scale = 100
        guard let first = digit() else { return nil }
        value = first * scale
        while let digit = digit() {
            scale /= 10
            value += digit * scale
        }
        return value
    }

    private mutating func offsetMinutes() -> Int? {
        if take("Z") || take("z") { return 0 }
        let isEast = take("+")
        guard isEast || take("-") else { return nil }
        guard let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60 else {
            return nil
        }
        return isEast ? hours * 60 + minutes : -(hours * 60 + minutes)
    }
}
