import NIOCore
import Testing

@testable import AgentProtocol

@Suite struct AnswerWriterTests {
    static func answer(
        id: String? = "1", _ write: (UnsafeRawBufferPointer?, inout ByteBuffer) -> Void
    )
        -> String
    {
        var buffer = ByteBuffer()
        if let id {
            Array(id.utf8).withUnsafeBytes { write($0, &buffer) }
        } else {
            write(nil, &buffer)
        }
        return String(buffer: buffer)
    }

    static let active = TokenVerify.Active(
        id: "NFWIevo8", owner: Owner(source: "corp", id: "u-1", login: "alice", email: "alice@example.org"),
        audience: "default", name: "", write: true, flags: ["a", "b"],
        expiresAt: WireTime(milliseconds: 1_795_287_283_940))

    @Test("an active token is answered byte for byte")
    func active() {
        let text = Self.answer(id: #""x\n""#) { AnswerWriter.active(id: $0, Self.active, into: &$1) }
        #expect(
            text
                == #"{"jsonrpc":"2.0","id":"x\n","result":{"active":true,"id":"NFWIevo8","#
                + #""owner":{"source":"corp","id":"u-1","login":"alice","email":"alice@example.org"},"#
                + #""audience":"default","name":"","write":true,"flags":["a","b"],"#
                + #""expires_at":"2026-11-21T18:54:43.940Z"}}"# + "\n")
    }

    @Test("what is null is written as null")
    func nulls() {
        var token = Self.active
        token.owner.email = nil
        token.expiresAt = nil
        token.flags = []
        let text = Self.answer { AnswerWriter.active(id: $0, token, ending: .piece, into: &$1) }
        #expect(text.contains(#""email":null}"#))
        #expect(text.hasSuffix(#""flags":[],"expires_at":null}}"#))
    }

    @Test("an inactive token is answered with its reason", arguments: TokenVerify.Reason.allCases)
    func inactive(reason: TokenVerify.Reason) {
        let text = Self.answer { AnswerWriter.inactive(id: $0, reason, into: &$1) }
        #expect(
            text == #"{"jsonrpc":"2.0","id":1,"result":{"active":false,"reason":"\#(reason.rawValue)"}}"#
                + "\n")
    }

    @Test("strings are escaped so that the line stays one line, and read back as they were")
    func escaping() throws {
        let hard = "\"\\/\u{0}\u{1}\u{1F}\u{7F}\n\r\t\u{8}é€😀\u{2028}"
        var token = Self.active
        token.name = hard
        token.flags = [hard]
        token.owner.login = String(repeating: "long ", count: 40) + hard
        var buffer = ByteBuffer()
        AnswerWriter.active(id: nil, token, into: &buffer)
        let text = String(buffer: buffer)
        #expect(text.dropLast().utf8.allSatisfy { $0 >= 0x20 })
        #expect(JSONScannerTests.scan(Array(text.utf8)) == nil)
        #expect(try Samples.result(of: text, as: TokenVerify.Answer.self) == .active(token))
    }

    @Test("errors are answered byte for byte")
    func errors() {
        let plain = Self.answer(id: nil) { AnswerWriter.error(id: $0, .parseError(), into: &$1) }
        #expect(
            plain
                == #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error","#
                + #""data":{"reason":"parse_error"}}}"#
                + "\n")
        let member = Self.answer {
            AnswerWriter.error(id: $0, .invalidParams(member: "owner", "required"), into: &$1)
        }
        #expect(
            member == #"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params","#
                + #""data":{"reason":"invalid_params","detail":"required","member":"owner"}}}"# + "\n")
        let held = Self.answer { AnswerWriter.error(id: $0, .held(plan: "p1"), into: &$1) }
        #expect(held.contains(#""code":-32004"#) && held.contains(#"{"reason":"held","plan":"p1"}"#))
        let limit = Self.answer { AnswerWriter.error(id: $0, .limitExceeded(retryAfterMS: 20), into: &$1) }
        #expect(
            limit.contains(#""code":-32007"#)
                && limit.contains(#"{"reason":"limit_exceeded","retry_after_ms":20}"#))
    }

    @Test("bad credentials and a missing right share a code and not a word")
    func notPermitted() {
        #expect(RPCError.notPermitted().code == -32001)
        #expect(RPCError.badCredentials().code == -32001)
        #expect(RPCError.notPermitted().reason == "not_permitted")
        #expect(RPCError.badCredentials().reason == "bad_credentials")
    }

    @Test("an error that was written is read back", arguments: RPCError.Code.allCases)
    func errorRoundTrip(code: RPCError.Code) throws {
        var error = RPCError(code, detail: "it says \"why\"")
        error.data?.plan = "p"
        error.data?.member = "m.n"
        error.data?.retryAfterMS = 5
        var buffer = ByteBuffer()
        AnswerWriter.error(id: nil, error, into: &buffer)
        #expect(try Samples.decode(ErrorLine.self, String(buffer: buffer)).error == error)
    }

    private struct ErrorLine: Decodable { let error: RPCError }

    @Test("the answers of a batch are one line")
    func batch() {
        var batch = AnswerBatch()
        var line = ByteBuffer()
        batch.write(into: &line)
        #expect(line.readableBytes == 0)
        for reason in [TokenVerify.Reason.expired, .unknown] {
            var piece = ByteBuffer()
            AnswerWriter.inactive(id: nil, reason, ending: .piece, into: &piece)
            batch.append(piece)
        }
        batch.write(into: &line)
        let pieces = ["expired", "unknown"].map {
            #"{"jsonrpc":"2.0","id":null,"result":{"active":false,"reason":"\#($0)"}}"#
        }
        #expect(String(buffer: line) == "[" + pieces.joined(separator: ",") + "]\n")
    }

    @Test("any other result is encoded in one line")
    func general() {
        let text = Self.answer {
            AnswerWriter.result(id: $0, TokenReveal.Answer(token: Secret("a/b\n")), into: &$1)
        }
        #expect(text == #"{"jsonrpc":"2.0","id":1,"result":{"token":"a/b\n"}}"# + "\n")
        let raw = Self.answer { id, buffer in
            Array("[1]".utf8).withUnsafeBytes { AnswerWriter.result(id: id, json: $0, into: &buffer) }
        }
        #expect(raw == #"{"jsonrpc":"2.0","id":1,"result":[1]}"# + "\n")
    }

    @Test("what is written by hand is written as the encoder would", arguments: Method.allCases)
    func written(method: AgentProtocol.Method) throws {
        var other = Samples.created
        other.metadata = Samples.bareMetadata
        other.metadata.name = "é \"quoted\" \\ \n"
        other.metadata.flags = ["a", "\t"]
        for result in Samples.results(method) + [other, other.metadata] {
            let text = Self.answer { AnswerWriter.result(id: $0, result, into: &$1) }
            #expect(text == #"{"jsonrpc":"2.0","id":1,"result":\#(try Samples.encode(result))}"# + "\n")
        }
    }

    @Test("an answer is read back as what it is")
    func scanner() {
        func outcome(_ text: String) -> String? {
            let bytes = Array(text.utf8)
            return bytes.withUnsafeBytes { line in
                guard let frame = AnswerScanner.scan(line) else { return nil }
                func read(_ range: Range<Int>) -> String { String(decoding: line[range], as: UTF8.self) }
                switch frame.outcome {
                case .result(let range): return "\(read(frame.id)) result \(read(range))"
                case .error(let range): return "\(read(frame.id)) error \(read(range))"
                }
            }
        }
        #expect(outcome(#"{"jsonrpc":"2.0","id":7,"result":{"a":[1]}}"#) == #"7 result {"a":[1]}"#)
        #expect(outcome(#"{"error":{"code":1},"new":1,"id":null}"#) == #"null error {"code":1}"#)
        for text in [
            "", "1", "{}", #"{"id":1}"#, #"{"result":1}"#, #"{"id":1,"result":1,"error":{}}"#,
            #"{"id":1,"result":1}x"#,
        ] {
            #expect(outcome(text) == nil)
        }
    }
}
