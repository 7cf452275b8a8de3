/// How far a domain controller had counted its changes (`uSNChanged`), and in which of its lives.
///
/// One that was restored from a backup counts on from there, with changes under numbers that it had given to
/// others: its invocationId is another one then. Microsoft's own example goes by both ("Example Code to
/// Retrieve Changes Using USNChanged").
struct USNPosition: Hashable, Sendable {
    let committed: Int64
    /// Hexadecimal; nil where it cannot be read, and in cookies of before.
    let invocation: String?

    init(committed: Int64, invocation: String?) {
        self.committed = committed
        self.invocation = invocation
    }

    /// From `text`.
    init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let committed = Int64(parts[0]) else { return nil }
        self.init(committed: committed, invocation: parts.count == 2 ? String(parts[1]) : nil)
    }

    var text: String { invocation.map { "\(committed) \($0)" } ?? "\(committed)" }

    /// Why a controller that is at `now` cannot go on from here; nil if it can.
    func surprise(at now: USNPosition) -> String? {
        if let invocation, let other = now.invocation, invocation != other {
            return "the server was restored from a backup"
        }
        return committed > now.committed ? "the cookie is newer than the server, which was set back" : nil
    }
}
