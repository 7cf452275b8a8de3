import AgentProtocol
import Testing

extension EndToEnd {
    /// Requests, notifications and batches, as JSON-RPC 2.0 has them.
    @Suite struct RequestsTests {
        private let daemon: DaemonProcess
        private let socket: RawSocket

        init() throws {
            daemon = try DaemonProcess()
            socket = try daemon.connect()
        }

        private func request(_ method: String, _ params: JSONValue = [:], id: Int64) throws -> String {
            try DaemonProcess.request(method, params, id: id)
        }

        @Test func `a batch is answered on one line, in its order, the notification in it left out`() throws {
            let entries = [
                try request("token.create", ["owner": .service("batch")], id: 1),
                #"{"jsonrpc":"2.0","method":"token.create","#
                    + #""params":{"owner":{"source":"service","id":"quiet"}}}"#,
                try request("token.list", id: 2), try request("no.such", id: 3), "7",
                try request("token.verify", ["token": "x"], id: 4),
            ]
            let answer = try socket.ask("[" + entries.joined(separator: ",") + "]")
            #expect(answer.items.map { $0["id"] } == [1, 2, 3, .null, 4])
            #expect(answer[1]["result"]["tokens"].items.count == 2, "one after another")
            #expect(answer[2].refusal?.known == .methodNotFound)
            #expect(answer[3].refusal?.known == .invalidRequest)
            #expect(answer[4]["result"]["reason"] == "malformed")
        }

        @Test func `a batch of 64 is answered, one of 65 or of none is refused as a whole`() throws {
            func batch(_ count: Int64) throws -> String {
                "[" + (try (0..<count).map { try request("agent.whoami", id: $0) }.joined(separator: ","))
                    + "]"
            }
            #expect(try socket.ask(batch(64)).items.count == 64)
            for count in [65, 0] as [Int64] {
                let answer = try socket.ask(batch(count))
                #expect(answer.refusal?.known == .invalidRequest)
                #expect(answer["id"] == .null)
            }
        }

        @Test func `notifications are carried out and never answered, not even wrong ones`() throws {
            let create = #"{"owner":{"source":"service","id":"quiet"}}"#
            try socket.send(line: #"{"jsonrpc":"2.0","method":"token.create","params":\#(create)}"#)
            for line in [
                #"{"jsonrpc":"2.0","method":"no.such"}"#, #"{"jsonrpc":"2.0","method":"token.verify"}"#,
                #"{"jsonrpc":"2.0","method":"token.show","params":{"nonsense":1}}"#,
                #"[{"jsonrpc":"2.0","method":"agent.status"},{"jsonrpc":"2.0","method":"no.such"}]"#,
            ] { try socket.send(line: line) }
            try eventually("the token") {
                try daemon.call("token.list")["tokens"].items.count == 1
            }
            #expect(try socket.ask(request("agent.whoami", id: 9))["id"] == 9, "the first answer of all")
        }

        @Test func `a method that there is not is named as such, and so is none`() throws {
            for name in ["no.such", "token.Verify", "", "rpc.other", "token.verify\u{0}"] {
                let answer = try socket.ask(request(name, id: 1))
                #expect(answer.refusal?.known == .methodNotFound)
                #expect(answer["id"] == 1)
            }
        }

        @Test(arguments: [
            ("token.create", #"{"owner":"a","surprise":1}"#, "surprise"),
            ("token.create", "{}", "owner"), ("token.create", #"{"owner":7}"#, "owner"),
            ("token.create", #"{"owner":{"source":"corp"}}"#, "owner"),
            ("token.create", #"{"owner":"a","write":"yes"}"#, "write"),
            ("token.create", #"{"owner":"a","flags":["x",7]}"#, "flags.1"),
            ("token.create", #"{"owner":"a","expires_in":0}"#, "expires_in"),
            ("token.create", #"{"owner":"a","expires_in":1.5}"#, "expires_in"),
            ("token.create", #"{"owner":"a","expires_at":"tomorrow"}"#, "expires_at"),
            (
                "token.create", #"{"owner":"a","expires_in":5,"expires_at":"2030-01-01T00:00:00Z"}"#,
                "expires_in"
            ),
            ("token.create", #"{"owner":"a","as":{"nonsense":1}}"#, "as"),
            ("token.verify", "{}", "token"), ("token.verify", #"{"token":1}"#, "token"),
            ("token.verify", #"{"token":"a","user_code":"b"}"#, "token"),
            ("token.verify", #"{"user_code":"b"}"#, "pass_code"),
            ("token.verify", #"{"token":"a","Token":"b"}"#, "Token"),
            ("token.verify", #"{"token":"a","token":"b"}"#, "token"),
            ("token.verify", #"{"token":"a","flags":"x"}"#, "flags"),
            ("token.verify", #"{"token":"a","write":null}"#, "write"),
            ("token.show", #"{"id":""}"#, "id"), ("token.show", #"{"id":["x"]}"#, "id"),
            ("token.list", #"{"limit":1001}"#, "limit"), ("token.list", #"{"limit":0}"#, "limit"),
            ("token.list", #"{"cursor":"nonsense"}"#, "cursor"), ("token.list", #"{"state":"new"}"#, "state"),
            // The last millisecond that there is: no sum with it.
            ("token.list", #"{"cursor":"9223372036854775807.00000000"}"#, "cursor"),
            ("token.list", #"{"cursor":"-9223372036854775808.00000000"}"#, "cursor"),
            ("token.rotate", #"{"id":"abcdefgh","grace_s":-1}"#, "grace_s"),
            ("directory.sync", #"{"mode":"half"}"#, "mode"),
            ("directory.sync", #"{"source":"nowhere"}"#, "source"),
            ("agent.status", #"{"x":1}"#, "x"), ("rpc.discover", #"{"x":1}"#, "x"),
        ]) func `a member that is wrong is named`(method: String, params: String, member: String) throws {
            let answer = try socket.ask(
                #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#)
            let refusal = try #require(answer.refusal)
            #expect(refusal.known == .invalidParams, "\(refusal)")
            #expect(refusal.data?.member?.hasPrefix(member) == true, "\(refusal)")
            #expect(answer["id"] == 1)
        }

        @Test func `positional params are refused`() throws {
            for method in Method.allCases {
                let line = #"{"jsonrpc":"2.0","id":1,"method":"\#(method.rawValue)","params":["x"]}"#
                #expect(try socket.ask(line).refusal?.known == .invalidParams, "\(method)")
            }
        }

        @Test func `a uid may have so many connections, and another when one of them closes`() throws {
            daemon.settings.limits = "connections_per_uid: 4"
            try daemon.restart()
            // Whoever asked whether it runs has been let go.
            try daemon.expectConnections(0)
            let whoami = try request("agent.whoami", id: 1)
            var open: [RawSocket] = []
            for _ in 1...4 {
                open.append(try daemon.connect())
                _ = try open.last?.ask(whoami)
            }
            let fifth = try daemon.connect()
            let refusal = try fifth.value()
            #expect(refusal.refusal?.known == .limitExceeded)
            #expect(refusal["id"] == .null)
            #expect(try fifth.lineOrEnd() == nil)
            for socket in open { #expect(try socket.ask(whoami)["id"] == 1) }
            open.removeLast()
            try eventually("another may come") {
                let next = try daemon.connect()
                do { return try next.ask(whoami).refusal == nil } catch is FixtureFailure { return false }
            }
        }
    }
}
