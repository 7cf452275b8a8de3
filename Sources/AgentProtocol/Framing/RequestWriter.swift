public import NIOCore

/// Writes requests straight into the buffer that goes out: those that come often. The others are encoded.
public enum RequestWriter {
    /// A line of `token.verify`, its end included. What is nil is left out. `token` stands in for the one of
    /// `params`: who asks the same of many tokens makes no params for each.
    public static func verify(
        id: Int64, _ params: borrowing TokenVerify, of token: String? = nil, into buffer: inout ByteBuffer
    ) {
        let token = token ?? params.token?.exposed
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: params.room(token)) { memory in
            var output = JSONOutput(memory)
            output.write(raw: #"{"jsonrpc":"2.0","id":"#)
            output.write(integer: Int(id))
            output.write(raw: #","method":"token.verify","params":{"#)
            params.write(token, into: &output)
            output.write(raw: "}}\n")
            return output.count
        }
    }
}

extension TokenVerify {
    /// More than all names take, and each string at its longest.
    fileprivate func room(_ token: String?) -> Int {
        var room = 256
        if let token { room += JSONOutput.room(for: token) }
        if let userCode { room += JSONOutput.room(for: userCode) }
        if let passCode { room += JSONOutput.room(for: passCode.exposed) }
        if let audience { room += JSONOutput.room(for: audience) }
        for flag in flags ?? [] { room += JSONOutput.room(for: flag) + 1 }
        return room
    }

    fileprivate func write(_ token: String?, into output: inout JSONOutput) {
        var isFirst = true
        func name(_ first: StaticString, _ other: StaticString) {
            output.write(raw: isFirst ? first : other)
            isFirst = false
        }
        if let token {
            name(#""token":"#, #","token":"#)
            output.write(token)
        }
        if let userCode {
            name(#""user_code":"#, #","user_code":"#)
            output.write(userCode)
        }
        if let passCode {
            name(#""pass_code":"#, #","pass_code":"#)
            output.write(passCode.exposed)
        }
        if let audience {
            name(#""audience":"#, #","audience":"#)
            output.write(audience)
        }
        if let flags {
            name(#""flags":"#, #","flags":"#)
            output.write(flags)
        }
        if let write {
            name(#""write":"#, #","write":"#)
            output.write(write)
        }
    }
}
