import Testing

@testable import AgentProtocol

@Suite struct RequestScannerTests {
    /// A frame with its ranges read out.
    struct Request: Equatable {
        var id: String?
        var method: Method?
        var params: String

        init(_ id: String?, _ method: Method?, _ params: String = "") {
            self.id = id
            self.method = method
            self.params = params
        }

        init(_ frame: RequestFrame, _ line: UnsafeRawBufferPointer) {
            id = frame.id(in: line).map { String(decoding: $0, as: UTF8.self) }
            method = frame.method
            params = String(decoding: frame.params(in: line), as: UTF8.self)
        }
    }

    static func single(_ text: String) -> Request? {
        Array(text.utf8).withUnsafeBytes { line in
            guard case .single(let frame) = RequestScanner.scan(line) else { return nil }
            return Request(frame, line)
        }
    }

    static func scan(_ text: String) -> RequestLine {
        Array(text.utf8).withUnsafeBytes { RequestScanner.scan($0) }
    }

    static func code(_ text: String) -> Int? {
        guard case .failure(let error) = scan(text) else { return nil }
        return error.code
    }

    @Test("a request's parts are found where they stand")
    func parts() {
        #expect(
            Self.single(#"{"jsonrpc":"2.0","id":1,"method":"token.verify","params":{"token":"x"}}"#)
                == Request("1", .tokenVerify, #"{"token":"x"}"#))
        #expect(
            Self.single(
                #" { "params" : { } , "method" : "agent.status" , "id" : "a\n" , "jsonrpc" : "2.0" } "#)
                == Request(#""a\n""#, .agentStatus, "{ }"))
        #expect(
            Self.single(#"{"jsonrpc":"2.0","id":null,"method":"agent.whoami"}"#)
                == Request("null", .agentWhoami))
        #expect(
            Self.single(#"{"jsonrpc":"2.0","id":-1.5e3,"method":"agent.whoami"}"#)
                == Request("-1.5e3", .agentWhoami))
        #expect(Self.single(#"{"jsonrpc":"2.0","method":"agent.whoami"}"#) == Request(nil, .agentWhoami))
        #expect(Self.single(#"{"jsonrpc":"2.0","method":"nothing.here"}"#) == Request(nil, nil))
    }

    @Test("escaped names and values mean what they stand for")
    func escapes() {
        #expect(
            Self.single(#"{"json\u0072pc":"2\u002e0","i\u0064":1,"method":"token\u002Everify"}"#)
                == Request("1", .tokenVerify))
    }

    @Test("every method is known by its name", arguments: Method.allCases)
    func methods(method: Method) {
        #expect(
            Self.single(#"{"jsonrpc":"2.0","id":1,"method":"\#(method.rawValue)"}"#) == Request("1", method))
    }

    @Test("what is not JSON is a parse error", arguments: JSONTexts.illegal.filter { !$0.contains("\n") })
    func parseErrors(text: String) {
        #expect(Self.code(text) == -32700)
    }

    @Test(
        "a broken tail is a parse error whatever stands before it",
        arguments: [
            #"{"jsonrpc":"1.0","id":1,"method":"x""#, #"{"jsonrpc":"2.0","id":1,"method":"agent.status"}x"#,
            #"[1,2"#, #"[]x"#, #"{"jsonrpc":"2.0","id":{},"method":1,"params":01}"#,
        ])
    func brokenTails(text: String) {
        #expect(Self.code(text) == -32700)
    }

    @Test(
        "JSON that is no request is an invalid request",
        arguments: [
            "1", "\"x\"", "null", "[]", "{}", #"{"id":1,"method":"agent.status"}"#,
            #"{"jsonrpc":"1.0","id":1,"method":"agent.status"}"#,
            #"{"jsonrpc":2.0,"id":1,"method":"agent.status"}"#,
            #"{"jsonrpc":"2.0","id":1}"#, #"{"jsonrpc":"2.0","id":1,"method":1}"#,
            #"{"jsonrpc":"2.0","id":{},"method":"agent.status"}"#,
            #"{"jsonrpc":"2.0","id":[1],"method":"agent.status"}"#,
            #"{"jsonrpc":"2.0","id":true,"method":"agent.status"}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"agent.status","params":null}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"agent.status","params":"x"}"#,
            #"{"jsonrpc":"2.0","id":1,"id":2,"method":"agent.status"}"#,
            #"{"jsonrpc":"2.0","id":1,"i\u0064":2,"method":"agent.status"}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"agent.status","params":{},"params":{}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"agent.status","extra":1}"#,
            #"{"jsonrpc":"2.0","id":"\#(String(repeating: "x", count: 300))","method":"agent.status"}"#,
            String(repeating: "[", count: 33) + String(repeating: "]", count: 33),
        ])
    func invalidRequests(text: String) {
        #expect(Self.code(text) == -32600)
    }

    @Test("array params and unknown methods are refused with the request's id")
    func refusals() throws {
        guard
            case .single(let byPosition) = Self.scan(
                #"{"jsonrpc":"2.0","id":1,"method":"token.show","params":["x"]}"#),
            case .single(let unknown) = Self.scan(#"{"jsonrpc":"2.0","id":1,"method":"Token.show"}"#),
            case .single(let fine) = Self.scan(#"{"jsonrpc":"2.0","id":1,"method":"token.show","params":{}}"#)
        else {
            Issue.record("not taken as requests")
            return
        }
        #expect(byPosition.refusal?.code == -32602)
        #expect(unknown.refusal?.code == -32601)
        #expect(fine.refusal == nil)
        #expect(byPosition.id != nil && unknown.id != nil)
    }

    @Test("a batch keeps its order, and an element that is no request has its own error")
    func batch() throws {
        let text =
            #"[{"jsonrpc":"2.0","id":1,"method":"agent.status"}, 1 ,"#
            + #"{"jsonrpc":"2.0","method":"agent.whoami"},{"id":3}]"#
        guard case .batch(let entries) = Self.scan(text) else {
            Issue.record("not taken as a batch")
            return
        }
        let kinds = entries.map { entry -> String in
            switch entry {
            case .request(let frame): frame.isNotification ? "notification" : "request"
            case .failure(let error): String(error.code)
            }
        }
        #expect(kinds == ["request", "-32600", "notification", "-32600"])
    }

    @Test("a batch is taken up to its limit")
    func batchLimit() {
        func batch(_ count: Int) -> String {
            "["
                + Array(repeating: #"{"jsonrpc":"2.0","id":1,"method":"agent.status"}"#, count: count).joined(
                    separator: ",") + "]"
        }
        guard case .batch(let entries) = Self.scan(batch(Limits.batchMax)) else {
            Issue.record("refused")
            return
        }
        #expect(entries.count == Limits.batchMax)
        #expect(Self.code(batch(Limits.batchMax + 1)) == -32600)
    }

    @Test("damaged requests never crash the scanner")
    func damaged() {
        var generator = SeededGenerator(seed: 11)
        let text = Array(
            #"[{"jsonrpc":"2.0","id":"\u00e9","method":"token.verify","params":{"token":"é\n"}}]"#.utf8)
        for _ in 0..<50_000 {
            var damaged = text
            for _ in 0..<3 { JSONDifferentialTests.damage(&damaged, &generator) }
            damaged.withUnsafeBytes { _ = RequestScanner.scan($0) }
        }
    }
}
