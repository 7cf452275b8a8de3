/// How far a server has got with the writes of each server that takes any: OpenLDAP's change sequence numbers
/// (draft-chu-ldap-csn), by server id. Numbers of one server compare as texts.
package struct ServerProgress: Hashable, Sendable {
    package var states: [String: String]

    package init(states: [String: String]) { self.states = states }

    /// With whatever `other` has and this has not.
    package func advanced(to other: ServerProgress) -> ServerProgress {
        ServerProgress(states: states.merging(other.states, uniquingKeysWith: max))
    }

    /// What it lacks of what was `seen` elsewhere, in words; nil if it has got all of that.
    package func lack(of seen: ServerProgress) -> String? {
        for (id, state) in seen.states.sorted(by: { $0.key < $1.key }) {
            guard let own = states[id] else { return "it knows nothing of the writes of server \(id)" }
            guard own < state else { continue }
            // To the last digit, as ldapsearch shows them: they may be of the same second.
            return
                "of the writes of server \(id) it has those until \(own), and those until \(state) were seen"
        }
        return nil
    }

    /// For storing.
    package var text: String {
        states.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ";")
    }

    package init(text: String) {
        states = [:]
        for part in text.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { states[String(pair[0])] = String(pair[1]) }
        }
    }
}
