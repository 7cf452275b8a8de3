import AgentCore
import AgentProtocol
import TokenCore

// Cursors are opaque to callers, and nothing in them is believed that could not be asked for in the open.

extension PageCursor {
    var text: String { "\(createdAt.milliseconds).\(id)" }

    init?(text: String) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let milliseconds = Int64(parts[0]), let id = UserCode(String(parts[1])) else {
            return nil
        }
        let time = WireTime(milliseconds: milliseconds)
        guard time >= .earliest, time <= .latest else { return nil }
        self.init(createdAt: Timestamp(milliseconds: milliseconds), id: id)
    }
}

extension OwnerID {
    var cursor: String { "\(source)/\(id)" }

    init?(cursor: String) {
        // A source's name has no slash in it.
        guard let slash = cursor.firstIndex(of: "/") else { return nil }
        self.init(source: String(cursor[..<slash]), id: String(cursor[cursor.index(after: slash)...]))
    }
}

extension AgentError {
    static let notACursor = AgentError.invalid(member: "cursor", "not a next_cursor of this list")
}
