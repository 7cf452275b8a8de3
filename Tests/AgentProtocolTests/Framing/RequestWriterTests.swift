import NIOCore
import Testing

@testable import AgentProtocol

@Suite struct RequestWriterTests {
    static func written(_ params: TokenVerify, id: Int64 = 1) -> [UInt8] {
        var buffer = ByteBuffer()
        RequestWriter.verify(id: id, params, into: &buffer)
        return Array(buffer.readableBytesView)
    }

    /// As the daemon reads the line's params.
    static func read(_ line: [UInt8]) throws -> TokenVerify {
        try line.withUnsafeBytes { bytes in
            guard case .single(let frame) = RequestScanner.scan(bytes), frame.method == .tokenVerify else {
                throw RPCError.invalidRequest("no verify")
            }
            return try ParamsDecoder.decode(TokenVerify.self, from: frame.params(in: bytes)).params
        }
    }

    @Test func `a verify is spelled in one way`() {
        var params = TokenVerify(token: Secret("tka_x"))
        #expect(
            String(decoding: Self.written(params, id: .max), as: UTF8.self)
                == #"{"jsonrpc":"2.0","id":9223372036854775807,"method":"token.verify","#
                + #""params":{"token":"tka_x"}}"# + "\n")
        (params.audience, params.flags, params.write) = ("ci", ["a", "b"], false)
        #expect(
            String(decoding: Self.written(params), as: UTF8.self)
                == #"{"jsonrpc":"2.0","id":1,"method":"token.verify","params":{"token":"tka_x","#
                + #""audience":"ci","flags":["a","b"],"write":false}}"# + "\n")
    }

    @Test func `any text arrives as it was, in one line`() throws {
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<3000 {
            func text() -> String { VerdictScannerTests.text(&generator) }
            var params = TokenVerify(token: Secret(text()))
            if Bool.random(using: &generator) {
                params = TokenVerify(userCode: text(), passCode: Secret(text()))
            }
            if Bool.random(using: &generator) { params.audience = text().filter { $0 != "\0" } }
            if Bool.random(using: &generator) {
                let flags = [text(), text()].map { $0.filter { $0 != "\0" }.prefix(8) }
                params.flags = flags.map { "x" + String($0) }
            }
            if Bool.random(using: &generator) { params.write = .random(using: &generator) }
            let line = Self.written(params)
            #expect(line.firstIndex(of: UInt8(ascii: "\n")) == line.count - 1)
            let read = try Self.read(line.dropLast())
            #expect(Array((read.token?.exposed ?? "").utf8) == Array((params.token?.exposed ?? "").utf8))
            #expect(read.userCode == params.userCode)
            #expect(read.passCode == params.passCode)
            #expect(read.audience == params.audience)
            #expect(read.flags == params.flags)
            #expect(read.write == params.write)
        }
    }
}
