/// One answer, as places within its line. The client's side of `RequestScanner`.
public struct AnswerFrame: Hashable, Sendable {
    /// The raw text of the id: `null` answers what the daemon could not read as a request.
    public let id: Range<Int>
    public let outcome: Outcome

    public enum Outcome: Hashable, Sendable {
        case result(Range<Int>)
        /// To be decoded as `RPCError`.
        case error(Range<Int>)
    }
}

/// Reads one answer line (JSON-RPC 2.0 section 5). Members that a newer daemon may add are read over.
public enum AnswerScanner {
    /// nil for what is no answer.
    public static func scan(_ line: UnsafeRawBufferPointer) -> AnswerFrame? {
        var scanner = JSONScanner(line)
        return try? scanner.answer()
    }

    /// The place of an event's params; nil for what is no notification of one.
    public static func event(_ line: UnsafeRawBufferPointer) -> Range<Int>? {
        var scanner = JSONScanner(line)
        return try? scanner.event()
    }
}

extension JSONScanner {
    fileprivate mutating func event() throws(ScanError) -> Range<Int>? {
        skipSpace()
        guard next == UInt8(ascii: "{") else { return nil }
        try open(depth: 1)
        var isEvent = false
        var params: Range<Int>?
        var isFirst = true
        while let name = try nextMember(isFirst: isFirst) {
            isFirst = false
            let range = try skipValue(depth: 1)
            if isEqual(name, "method") {
                isEvent = bytes[range].elementsEqual("\"\(Event.method)\"".utf8)
            } else if isEqual(name, "params") {
                params = range
            } else if isEqual(name, "id") {
                return nil
            }
        }
        try expectEnd()
        return isEvent ? params : nil
    }

    fileprivate mutating func answer() throws(ScanError) -> AnswerFrame? {
        skipSpace()
        guard next == UInt8(ascii: "{") else { return nil }
        try open(depth: 1)
        var id: Range<Int>?
        var outcome: AnswerFrame.Outcome?
        var isFirst = true
        while let name = try nextMember(isFirst: isFirst) {
            isFirst = false
            let range = try skipValue(depth: 1)
            if isEqual(name, "id") {
                id = range
            } else if isEqual(name, "result") {
                guard outcome == nil else { return nil }
                outcome = .result(range)
            } else if isEqual(name, "error") {
                guard outcome == nil else { return nil }
                outcome = .error(range)
            }
        }
        try expectEnd()
        guard let id, let outcome else { return nil }
        return AnswerFrame(id: id, outcome: outcome)
    }
}
