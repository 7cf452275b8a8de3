import AgentProtocol
import Foundation

extension WireTime {
    /// `2026-11-21 19:54`, on the reader's clock.
    func local(_ style: Style) -> String { String(localSecond(style).dropLast(3)) }

    /// `2026-11-21 19:54:07`, on the reader's clock.
    func localSecond(_ style: Style) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = style.timeZone
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let two = { (part: Int?) in String(format: "%02d", part ?? 0) }
        let day = "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))"
        return "\(day) \(two(parts.hour)):\(two(parts.minute)):\(two(parts.second))"
    }

    /// `2026-11-21T19:54:07+01:00`, on the reader's clock: for records, which are compared with logs, and as
    /// options take it (RFC 3339).
    func stamp(_ style: Style) -> String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        let minutes = style.timeZone.secondsFromGMT(for: date) / 60
        let zone = String(format: "%+03d:%02d", minutes / 60, abs(minutes) % 60)
        let isNegative = minutes < 0 && minutes > -60
        return localSecond(style).replacingOccurrences(of: " ", with: "T")
            + (minutes == 0 ? "Z" : isNegative ? "-" + zone.dropFirst() : zone)
    }

    /// `3 hours ago`: for tables.
    func relative(_ style: Style) -> String { Age(of: self, at: style.now).relative }

    /// `2026-11-21 19:54 (3 hours ago)`: for cards.
    func full(_ style: Style) -> String { "\(local(style)) (\(relative(style)))" }
}
