import AgentProtocol
import Testing

extension EndToEnd {
    /// Whatever bytes come: each line is judged by itself, and the connection goes on.
    @Suite struct LinesTests {
        private let daemon: DaemonProcess
        private let token: MadeToken
        private let socket: RawSocket

        init() throws {
            daemon = try DaemonProcess()
            token = try daemon.create(.service("lines"))
            socket = try daemon.connect()
        }

        private func verify(_ id: Int64) throws -> String {
            try DaemonProcess.request("token.verify", ["token": .string(token.token)], id: id)
        }

        /// The connection answers the next request whole.
        private func expectGoesOn(sourceLocation: SourceLocation = #_sourceLocation) throws {
            let answer = try socket.ask(verify(4711))
            #expect(answer["id"] == 4711, sourceLocation: sourceLocation)
            #expect(answer["result"]["active"] == true, sourceLocation: sourceLocation)
        }

        @Test func `a thousand verifies in one write are all answered, in order, by their ids`() throws {
            try socket.send((1...1000).map { try verify($0) + "\n" }.joined())
            for id in 1...1000 {
                let answer = try socket.value()
                try #require(answer["id"].integer == id)
                try #require(answer["result"]["active"] == true)
            }
            try expectGoesOn()
        }

        @Test func `slow and fast requests share a connection, and each is answered once`() throws {
            var lines: [String] = []
            for id in Int64(0)..<300 {
                switch id % 3 {
                case 0: lines.append(try verify(id))
                case 1: lines.append(try DaemonProcess.request("token.list", ["limit": 1], id: id))
                default:
                    lines.append(
                        try DaemonProcess.request("token.create", ["owner": .service("s\(id)")], id: id))
                }
            }
            try socket.send(lines.joined(separator: "\n") + "\n")
            let answers = try (0..<300).map { _ in try socket.value() }
            #expect(answers.compactMap { $0["id"].integer }.sorted() == Array(0..<300))
            #expect(answers.allSatisfy { $0.refusal == nil })
            try expectGoesOn()
        }

        @Test func `more requests than may be in flight are answered all the same`() throws {
            daemon.settings.limits = "in_flight: 16"
            try daemon.restart()
            let socket = try daemon.connect()
            let lines = try (0..<1000).map { try DaemonProcess.request("agent.status", id: $0) + "\n" }
            try socket.send(lines.joined())
            socket.endSending()
            let ids = try (0..<1000).map { _ in try socket.value()["id"].integer }
            #expect(Set(ids) == Set(0..<1000))
            #expect(try socket.lineOrEnd() == nil)
        }

        @Test(arguments: [
            "nonsense", "{", #"{"jsonrpc":"2.0","id":1,"#, #"{"jsonrpc":"2.0" "id":1}"#, "{'id':1}", "[1,",
            #"{"jsonrpc":"2.0","id":1,"method":"agent.status"} x"#, "\u{1}", "{\"id\":\"\u{0}\"}",
        ]) func `what is no JSON is a parse error without an id`(line: String) throws {
            let answer = try socket.ask(line)
            #expect(answer.refusal?.known == .parseError)
            #expect(answer["id"] == .null)
            #expect(answer.members.keys.contains("id"))
            try expectGoesOn()
        }

        @Test func `bytes that are no UTF-8 are a parse error`() throws {
            try socket.send(
                Array(#"{"jsonrpc":"2.0","id":1,"method":"agent."#.utf8) + [0xC0, 0xAF, 0x22, 0x7D, 0x0A])
            #expect(try socket.value().refusal?.known == .parseError)
            try expectGoesOn()
        }

        @Test(arguments: [
            #"{"id":1,"method":"agent.status"}"#, #"{"jsonrpc":"1.0","id":1,"method":"agent.status"}"#,
            #"{"jsonrpc":2.0,"id":1,"method":"agent.status"}"#, #"{"jsonrpc":"2.0","id":1}"#,
            #"{"jsonrpc":"2.0","id":1,"method":7}"#, #"{"jsonrpc":"2.0","id":{},"method":"agent.status"}"#,
            #"{"jsonrpc":"2.0","id":true,"method":"agent.status"}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"agent.status","params":"x"}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"agent.status","extra":1}"#,
            #"{"jsonrpc":"2.0","id":1,"id":2,"method":"agent.status"}"#, "7", "null", #""text""#, "true",
            "{}",
            String(repeating: "[", count: 40) + String(repeating: "]", count: 40),
        ]) func `what is no request is an invalid request without an id`(line: String) throws {
            let answer = try socket.ask(line)
            #expect(answer.refusal?.known == .invalidRequest)
            #expect(answer["id"] == .null)
            try expectGoesOn()
        }

        @Test(arguments: [65537, 100_000, 10_000_000])
        func `a line that is too long is refused once, drained, and the next is read whole`(count: Int) throws
        {
            try socket.send([UInt8](repeating: UInt8(ascii: "x"), count: count) + [UInt8(ascii: "\n")])
            let answer = try socket.value()
            #expect(answer.refusal?.known == .invalidRequest)
            #expect(answer["id"] == .null)
            try expectGoesOn()
        }

        @Test func `a line as long as may be is read`() throws {
            let request = try verify(1)
            let line = request + String(repeating: " ", count: 65536 - request.utf8.count)
            #expect(try socket.ask(line)["result"]["active"] == true)
        }

        @Test func `a line that comes byte by byte is read`() throws {
            for byte in Array((try verify(5) + "\n").utf8) { try socket.send([byte]) }
            #expect(try socket.value()["id"] == 5)
        }

        @Test func `line ends of other systems, blanks and empty lines do no harm`() throws {
            try socket.send("  " + verify(1) + "  \r\n" + verify(2) + "\r\n")
            #expect(try socket.value()["id"] == 1)
            #expect(try socket.value()["id"] == 2)
            try socket.send("\n\r\n")
            try expectGoesOn()
        }

        @Test func `NUL in a string is malformed in a token, and refused by name in what would be kept`()
            throws
        {
            let line =
                #"{"jsonrpc":"2.0","id":"a\u0000b","method":"token.verify","params":{"token":"\u0000"}}"#
            let answer = try socket.ask(line)
            #expect(answer["id"] == .string("a\u{0}b"))
            #expect(answer["result"]["reason"] == "malformed")
            for member in ["name", "audience", "idempotency_key"] {
                let refusal = try daemon.refusal(
                    "token.create", .object(["owner": .service("nul"), member: .string("a\u{0}b")]))
                #expect(refusal.data?.member == member)
            }
            try expectGoesOn()
        }

        @Test(arguments: [#""text""#, "-7", "1e3", "null", "9007199254740993", #""\u00fc""#, #""""#])
        func `an id comes back as it was sent`(id: String) throws {
            try socket.send(line: #"{"jsonrpc":"2.0","id":\#(id),"method":"agent.whoami"}"#)
            #expect(try socket.line().contains(#""id":\#(id)"#))
        }

        @Test func `who has said all they will say still gets every answer`() throws {
            let lines = try (0..<200).map { try DaemonProcess.request("agent.status", id: $0) + "\n" }
            try socket.send(lines.joined() + verify(200) + "\n")
            socket.endSending()
            let ids = try (0...200).map { _ in try socket.value()["id"].integer }
            #expect(Set(ids) == Set(0...200))
            #expect(try socket.lineOrEnd() == nil)
        }

        @Test func `who goes away in the middle of a line or of an answer is in nobody's way`() throws {
            for round in 0..<50 {
                let other = try daemon.connect()
                try other.send(round % 2 == 0 ? "{\"jsonrpc\"" : verify(1) + "\n" + verify(2) + "\n{")
            }
            try expectGoesOn()
            try eventually("the connections are closed") {
                try daemon.call("agent.status")["connections"].integer ?? 99 <= 2
            }
        }
    }
}
