extension RPCError {
    /// Written by hand: an error must be told also when nothing else works.
    func write(into output: inout JSONOutput) {
        output.write(raw: #"{"code":"#)
        output.write(integer: code)
        output.write(raw: #","message":"#)
        output.write(message)
        if let data {
            output.write(raw: #","data":{"reason":"#)
            output.write(data.reason)
            Self.write(#","detail":"#, data.detail, into: &output)
            Self.write(#","plan":"#, data.plan, into: &output)
            Self.write(#","member":"#, data.member, into: &output)
            if let milliseconds = data.retryAfterMS {
                output.write(raw: #","retry_after_ms":"#)
                output.write(integer: milliseconds)
            }
            Self.write(#","conflict":"#, data.conflict, into: &output)
            output.write(raw: "}")
        }
        output.write(raw: "}")
    }

    private static func write(_ name: StaticString, _ text: String?, into output: inout JSONOutput) {
        guard let text else { return }
        output.write(raw: name)
        output.write(text)
    }

    /// More than its names and numbers take, and each string at its longest.
    var room: Int {
        let strings = [data?.reason, data?.detail, data?.plan, data?.member, data?.conflict].compactMap { $0 }
        return strings.reduce(256 + JSONOutput.room(for: message)) { $0 + JSONOutput.room(for: $1) }
    }
}
