public import NIOCore

/// Writes requests straight into the buffer that goes out: those that come often. The others are encoded.
public enum RequestWriter {
    /// A line of `token.verify`, its end included. What is nil is left out.
    public static func verify(id: Int64, _ params: borrowing TokenVerify, into buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: params.room) { memory in
            var output = JSONOutput(memory)
            output.write(raw: #"{"jsonrpc":"2.0","id":"#)
            output.write(integer: Int(id))
            output.write(raw: #","method":"token.verify","params":{"#)
            params.write(into: &output)
            output.write(raw: "}}\n")
            return output.count
        }
    }

    /// The same for a token, when what is asked of it is asked of others, too.
    public static func verify(
        id: Int64, token: String, demand: Demand, into buffer: inout ByteBuffer
    ) {
        let room = 128 + JSONOutput.room(for: token) + demand.rendered.count
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { memory in
            var output = JSONOutput(memory)
            output.write(raw: #"{"jsonrpc":"2.0","id":"#)
            output.write(integer: Int(id))
            output.write(raw: #","method":"token.verify","params":{"token":"#)
            output.write(token)
            demand.rendered.withUnsafeBytes { output.write(raw: $0) }
            return output.count
        }
    }

    /// What is asked of tokens: what stands behind each of them in a request, rendered once.
    public struct Demand: Sendable {
        fileprivate let rendered: [UInt8]

        /// The token of `params` is none of it.
        public init(_ params: TokenVerify) {
            rendered = JSONOutput.bytes(room: params.room) { output in
                params.writeDemand(isFirst: false, into: &output)
                output.write(raw: "}}\n")
            }
        }
    }
}

extension TokenVerify {
    /// More than all names take, and each string at its longest.
    fileprivate var room: Int {
        var room = 256
        if let token { room += JSONOutput.room(for: token.exposed) }
        if let userCode { room += JSONOutput.room(for: userCode) }
        if let passCode { room += JSONOutput.room(for: passCode.exposed) }
        if let audience { room += JSONOutput.room(for: audience) }
        for flag in flags ?? [] { room += JSONOutput.room(for: flag) + 1 }
        return room
    }

    fileprivate func write(into output: inout JSONOutput) {
        var isFirst = true
        func name(_ first: StaticString, _ other: StaticString) {
            output.write(raw: isFirst ? first : other)
            isFirst = false
        }
        if let token {
            name(#""token":"#, #","token":"#)
            output.write(token.exposed)
        }
        if let userCode {
            name(#""user_code":"#, #","user_code":"#)
            output.write(userCode)
        }
        if let passCode {
            name(#""pass_code":"#, #","pass_code":"#)
            output.write(passCode.exposed)
        }
        writeDemand(isFirst: isFirst, into: &output)
    }

    fileprivate func writeDemand(isFirst: Bool, into output: inout JSONOutput) {
        var isFirst = isFirst
        func name(_ first: StaticString, _ other: StaticString) {
            output.write(raw: isFirst ? first : other)
            isFirst = false
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
