public import NIOCore

/// Writes notifications of events, each a line.
public enum EventWriter {
    public static func write(_ event: Event, into buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: event.room) { memory in
            var output = JSONOutput(memory)
            output.write(raw: #"{"jsonrpc":"2.0","method":"event","params":"#)
            event.write(into: &output)
            output.write(raw: "}\n")
            return output.count
        }
    }
}

extension Event {
    fileprivate func write(into output: inout JSONOutput) {
        output.write(raw: #"{"subscription":"#)
        output.write(subscription)
        output.write(raw: #","revision":"#)
        output.write(integer: Int(revision))
        output.write(raw: #","at":"#)
        output.write(at)
        output.write(raw: #","kind":"#)
        output.write(kind)
        Self.write(#","token":"#, token, into: &output)
        if let owner {
            output.write(raw: #","owner":{"source":"#)
            output.write(owner.source)
            output.write(raw: #","id":"#)
            output.write(owner.id)
            output.write(raw: "}")
        }
        Self.write(#","source":"#, source, into: &output)
        Self.write(#","detail":"#, detail, into: &output)
        if let missed {
            output.write(raw: #","missed":"#)
            output.write(integer: missed)
        }
        output.write(raw: "}")
    }

    private static func write(_ name: StaticString, _ text: String?, into output: inout JSONOutput) {
        guard let text else { return }
        output.write(raw: name)
        output.write(text)
    }

    /// More than names, numbers and times take, and each string at its longest.
    fileprivate var room: Int {
        let strings = [subscription, kind, token, owner?.source, owner?.id, source, detail].compactMap { $0 }
        return strings.reduce(320) { $0 + JSONOutput.room(for: $1) }
    }
}
