import Foundation
import Testing

@testable import AgentProtocol

@Suite struct MessagesTests {
    static func members(_ text: String) throws -> Set<String> {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return Set(try #require(object).keys)
    }

    @Test("the members of the params are those that are described", arguments: Method.allCases)
    func described(method: Method) throws {
        let params = Samples.full(method)
        #expect(type(of: params).description.method == method)
        #expect(try Self.members(Samples.encode(params)) == Set(type(of: params).members))
        #expect(type(of: params) == method.params)
    }

    @Test("params that were encoded are read back", arguments: Method.allCases)
    func paramsRoundTrip(method: Method) throws {
        func roundTrip<P: MethodParams>(_ params: P) throws {
            #expect(try Samples.decode(P.self, Samples.encode(params)) == params)
        }
        try roundTrip(Samples.full(method))
    }

    @Test(
        "each member fits its description, and all that is required is described so",
        arguments: Method.allCases)
    func paramsFit(method: Method) throws {
        for property in method.description.params {
            let text = try Samples.encode(Samples.full(method))
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            let value = try JSONSerialization.data(
                withJSONObject: try #require(object?[property.name]), options: .fragmentsAllowed)
            #expect(Self.misfit(property.schema, [UInt8](value)) == nil, "\(property.name)")
        }
        // Params of nothing but what is required can be decoded.
        let required = method.description.params.filter(\.isRequired)
        let bare = required.map { "\"\($0.name)\":\"x\"" }.joined(separator: ",")
        func decode<P: MethodParams>(_: P.Type) -> Bool { (try? Samples.decode(P.self, "{\(bare)}")) != nil }
        let isDecoded = decode(method.params)
        #expect(isDecoded)
    }

    @Test("results fit their description and are read back", arguments: Method.allCases)
    func results(method: Method) throws {
        func roundTrip<R: Codable>(_ result: R) throws {
            let text = try Samples.encode(result)
            #expect(Self.misfit(method.description.result, Array(text.utf8)) == nil, "\(text)")
            let again = try Samples.encode(Samples.decode(R.self, text))
            #expect(again == text)
        }
        let results = Samples.results(method)
        #expect(!results.isEmpty)
        for result in results { try roundTrip(result) }
    }

    static func misfit(_ schema: Schema, _ json: [UInt8]) -> RPCError? {
        json.withUnsafeBytes { bytes in
            var checker = SchemaChecker(bytes, depth: 1)
            do throws(RPCError) {
                try checker.check(schema)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test("metadata is written as the protocol shows it")
    func metadata() throws {
        #expect(
            try Samples.encode(Samples.bareMetadata)
                == #"{"audience":"default","created_at":"2026-11-21T18:54:43.940Z","expires_at":null,"#
                + #""flags":[],"id":"NFWIevo8","last_used_at":null,"name":"","#
                + #""owner":{"email":null,"id":"ci","login":"ci","source":"service"},"#
                + #""retrievable":true,"state":"obsolete","#
                + #""updated_at":"2026-11-21T18:54:43.940Z","write":false}"#
        )
    }

    @Test("an update leaves out what it leaves alone")
    func update() throws {
        #expect(try Samples.encode(TokenUpdate(id: "x")) == #"{"id":"x"}"#)
        var update = TokenUpdate(id: "x")
        update.expiresAt = .null
        #expect(try Samples.encode(update) == #"{"expires_at":null,"id":"x"}"#)
    }

    @Test("a reason of a newer daemon is a refusal")
    func unknownReason() throws {
        let text = #"{"active":false,"reason":"stolen"}"#
        #expect(try Samples.decode(TokenVerify.Answer.self, text) == .inactive(.unknown))
    }

    @Test("the result of a verify is the same by hand and by Codable")
    func verifyResult() throws {
        let text = AnswerWriterTests.answer {
            AnswerWriter.active(id: $0, AnswerWriterTests.active, into: &$1)
        }
        #expect(
            try Samples.result(of: text, as: TokenVerify.Answer.self) == .active(AnswerWriterTests.active))
    }
}
