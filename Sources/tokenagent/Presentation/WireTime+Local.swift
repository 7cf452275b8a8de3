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

    /// `3 hours ago`: for tables.
    func relative(_ style: Style) -> String { Age(of: self, at: style.now).relative }

    /// `2026-11-21 19:54 (3 hours ago)`: for cards.
    func full(_ style: Style) -> String { "\(local(style)) (\(relative(style)))" }
}
