import AgentProtocol
import Foundation

/// How things are shown to the person who reads.
struct Style: Sendable {
    var hasColours = false
    /// The columns of the terminal; nil where nothing is cut.
    var width: Int?
    var timeZone = TimeZone.current
    /// What ages are counted from.
    var now: WireTime

    func paint(_ text: String, _ colour: Colour?) -> String {
        guard hasColours, let colour, !text.isEmpty else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }
}

/// By their numbers in ECMA-48 (section 8.3.117, SGR).
enum Colour: Int, Sendable {
    case bold = 1
    case faint = 2
    case red = 31
    case green = 32
    case yellow = 33
}
