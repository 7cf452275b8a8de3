import AgentProtocol
import Foundation

extension Event {
    /// `2026-11-21T19:54:07Z  user.gone  alice (corp:5f1)  deleted`.
    func line(_ style: Style, login: String? = nil) -> String {
        var words = [at.stamp(style), style.paint(kind.printable, colour)]
        if let token { words.append("token \(token.printable)") }
        if let owner { words.append(owner.text(login: login).printable) }
        if let source { words.append(source.printable) }
        if let detail { words.append(detail.printable) }
        if let missed { words.append("\(missed) events were lost: this end was too slow") }
        return words.joined(separator: "  ")
    }

    private var colour: Colour? {
        switch kind {
        case EventKind.tokenPurged.rawValue, EventKind.tokenRevoked.rawValue, EventKind.userGone.rawValue:
            .red
        case EventKind.syncHeld.rawValue, EventKind.userDisabled.rawValue, EventKind.userMissing.rawValue,
            Event.missedKind:
            .yellow
        default: nil
        }
    }
}
