import Testing

@testable import AgentProtocol

@Suite struct ParamsDecoderTests {
    static func decode<P: MethodParams>(_ type: P.Type, _ text: String) throws(RPCError) -> (P, Credentials?)
    {
        let bytes = Array(text.utf8)
        let result = try bytes.withUnsafeBufferPointer { buffer throws(RPCError) in
            try ParamsDecoder.decode(P.self, from: UnsafeRawBufferPointer(buffer))
        }
        return (result.params, result.credentials)
    }

    static func member<P: MethodParams>(_ type: P.Type, _ text: String) -> String? {
        do throws(RPCError) {
            _ = try decode(type, text)
            return nil
        } catch {
            return error.code == -32602 ? error.data?.member : "code \(error.code)"
        }
    }

    @Test("an owner is a label or an identity")
    func owners() throws {
        #expect(try Self.decode(TokenCreate.self, #"{"owner":"alice"}"#).0.owner == .label("alice"))
        let key = try Self.decode(TokenCreate.self, #"{"owner":{"source":"corp","id":"1"}}"#).0.owner
        #expect(key == .key(OwnerKey(source: "corp", id: "1")))
    }

    @Test("all of token.create is read")
    func create() throws {
        let text = """
            {"owner":"a@b","audience":"x","name":"n","write":false,"flags":["f"],\
            "expires_at":"2026-11-21T19:54:43+01:00","retrievable":true,"idempotency_key":"k"}
            """
        var expected = TokenCreate(owner: .label("a@b"))
        expected.audience = "x"
        expected.name = "n"
        expected.write = false
        expected.flags = ["f"]
        expected.expiresAt = .value(try #require(WireTime("2026-11-21T18:54:43Z")))
        expected.retrievable = true
        expected.idempotencyKey = "k"
        #expect(try Self.decode(TokenCreate.self, text).0 == expected)
    }

    @Test(
        "a refusal names the member",
        arguments: [
            ("", "owner"), ("{}", "owner"), (#"{"owner":1}"#, "owner"), (#"{"owner":""}"#, "owner"),
            (#"{"owner":{}}"#, "owner.source"),
            (#"{"owner":{"source":"corp"}}"#, "owner.id"),
            (#"{"owner":{"source":"corp","id":1}}"#, "owner.id"),
            (#"{"owner":{"source":"corp","id":"1","x":1}}"#, "owner.x"),
            (#"{"owner":"a","colour":1}"#, "colour"),
            (#"{"owner":"a","owner":"b"}"#, "owner"), (#"{"owner":"a","name":null}"#, "name"),
            (#"{"owner":"a","expires_in":0}"#, "expires_in"),
            (#"{"owner":"a","expires_in":1.0}"#, "expires_in"),
            (#"{"owner":"a","expires_in":1e3}"#, "expires_in"),
            (#"{"owner":"a","expires_in":99999999999999999999}"#, "expires_in"),
            (#"{"owner":"a","expires_in":"1"}"#, "expires_in"),
            (#"{"owner":"a","expires_at":"tomorrow"}"#, "expires_at"),
            (#"{"owner":"a","expires_at":1}"#, "expires_at"),
            (#"{"owner":"a","expires_at":"2026-01-01T00:00:00Z","expires_in":1}"#, "expires_in"),
            (#"{"owner":"a","expires_at":null,"expires_in":1}"#, "expires_in"),
            (#"{"owner":"a","flags":["\#(String(repeating: "f", count: 65))"]}"#, "flags.0"),
            (#"{"owner":"a","write":"yes"}"#, "write"),
            (#"{"owner":"a","as":{}}"#, "as.login"), (#"{"owner":"a","as":1}"#, "as"),
            (#"{"owner":"a","as":{"login":"l","password":""}}"#, "as.password"),
            (#"{"owner":"a","as":{"token":"t","login":"l"}}"#, "as.login"),
            (#"{"owner":"a","as":{"user_code":"u"}}"#, "as.pass_code"),
        ])
    func refusals(text: String, expected: String) {
        #expect(Self.member(TokenCreate.self, text) == expected)
    }

    @Test("a number out of range is refused by name")
    func ranges() {
        #expect(Self.member(TokenList.self, #"{"limit":1000}"#) == nil)
        #expect(Self.member(TokenList.self, #"{"limit":1001}"#) == "limit")
        #expect(Self.member(TokenList.self, #"{"limit":0}"#) == "limit")
        #expect(Self.member(TokenList.self, #"{"state":"asleep"}"#) == "state")
        #expect(Self.member(TokenRotate.self, #"{"id":"x","grace_s":-1}"#) == "grace_s")
        #expect(Self.member(DirectorySync.self, #"{"mode":"quick"}"#) == "mode")
    }

    @Test("an update tells leaving from clearing")
    func patch() throws {
        #expect(try Self.decode(TokenUpdate.self, #"{"id":"x"}"#).0.expiresAt == .absent)
        #expect(try Self.decode(TokenUpdate.self, #"{"id":"x","expires_at":null}"#).0.expiresAt == .null)
        let time = try #require(WireTime("2026-11-21T18:54:43.940Z"))
        let update = try Self.decode(TokenUpdate.self, #"{"id":"x","expires_at":"2026-11-21T18:54:43.940Z"}"#)
            .0
        #expect(update.expiresAt == .value(time))
    }

    @Test("any method may carry credentials", arguments: Method.allCases)
    func credentials(method: Method) {
        func decoded<P: MethodParams>(_ type: P.Type) -> Bool {
            // The members that are required are told to be missing; `as` never is unknown.
            let member = Self.member(type, #"{"as":{"token":"t"}}"#)
            return member == nil || P.members.contains(member ?? "")
        }
        let isDecoded = decoded(method.params)
        #expect(isDecoded)
    }

    @Test("each kind of credentials is read")
    func credentialKinds() throws {
        func credentials(_ text: String) throws -> Credentials? {
            try Self.decode(AgentStatus.self, #"{"as":\#(text)}"#).1
        }
        #expect(try Self.decode(AgentStatus.self, "").1 == nil)
        #expect(try credentials(#"{"token":"t"}"#) == .token(Secret("t")))
        #expect(
            try credentials(#"{"user_code":"u","pass_code":"p"}"#)
                == .codes(userCode: "u", passCode: Secret("p")))
        #expect(
            try credentials(#"{"login":"l","password":"p"}"#)
                == .password(login: "l", password: Secret("p"), source: nil))
        #expect(
            try credentials(#"{"login":"l","password":"p","source":"corp"}"#)
                == .password(login: "l", password: Secret("p"), source: "corp"))
    }

    @Test("no refusal repeats a value")
    func noEcho() {
        let canary = "tka_CANARY"
        let texts = [
            #"{"owner":"a","as":{"token":"\#(canary)","x":1}}"#, #"{"owner":"a","expires_at":"\#(canary)"}"#,
            #"{"owner":"a","write":"\#(canary)"}"#, #"{"owner":"a","as":"\#(canary)"}"#,
            #"{"owner":"\#(canary)""#,
        ]
        for text in texts {
            do throws(RPCError) {
                _ = try Self.decode(TokenCreate.self, text)
                Issue.record("taken: \(text)")
            } catch {
                #expect(!String(describing: error).contains(canary))
            }
        }
    }
}
