import Testing

@testable import AgentProtocol

@Suite struct VerifyScannerTests {
    /// The params with their slices read out.
    struct Seen: Equatable {
        var presented: String
        var audience: String?
        var write: Bool?
        var flags: [String]
    }

    static func scan(_ bytes: [UInt8]) throws(RPCError) -> Seen {
        try bytes.withUnsafeBufferPointer { buffer throws(RPCError) in
            let params = try VerifyScanner.scan(UnsafeRawBufferPointer(buffer))
            let presented =
                switch params.presented {
                case .token(let token): "token " + String(decoding: token, as: UTF8.self)
                case .codes(let user, let pass):
                    String(decoding: user, as: UTF8.self) + " : " + String(decoding: pass, as: UTF8.self)
                case .onBehalf: "as"
                }
            return Seen(
                presented: presented,
                audience: params.demand.audience.map { String(decoding: $0, as: UTF8.self) },
                write: params.demand.write, flags: params.demand.flags.strings)
        }
    }

    static func member(_ text: String) -> String? {
        do throws(RPCError) {
            _ = try scan(Array(text.utf8))
            return nil
        } catch {
            return error.code == -32602 ? error.data?.member : "code \(error.code)"
        }
    }

    @Test("each way of presenting a token is read")
    func presented() throws {
        #expect(try Self.scan(Array(#"{"token":"tka_x"}"#.utf8)) == Seen(presented: "token tka_x", flags: []))
        #expect(
            try Self.scan(Array(#"{ "pass_code" : "p" , "user_code" : "u", "write":false }"#.utf8))
                == Seen(presented: "u : p", write: false, flags: []))
        #expect(
            try Self.scan(Array(#"{"token":"t","audience":"default","flags":["a","b"],"write":true}"#.utf8))
                == Seen(presented: "token t", audience: "default", write: true, flags: ["a", "b"]))
        #expect(try Self.scan(Array(#"{"token":"t","as":{"token":"x"}}"#.utf8)).presented == "as")
    }

    @Test("escaped strings are read as what they stand for")
    func escapes() throws {
        let text =
            #"{"us\u0065r_code":"\u0075\n","pass_code":"p\/\ud83d\ude00","#
            + #""audience":"\"q\"","flags":["\u0061","b"]}"#
        #expect(
            try Self.scan(Array(text.utf8))
                == Seen(presented: "u\n : p/😀", audience: "\"q\"", flags: ["a", "b"]))
    }

    @Test(
        "a refusal names the member",
        arguments: [
            ("", "token"), ("{}", "token"), (#"{"audience":"x"}"#, "token"),
            (#"{"user_code":"u"}"#, "pass_code"),
            (#"{"pass_code":"u"}"#, "user_code"), (#"{"token":"t","user_code":"u"}"#, "token"),
            (#"{"token":"t","user_code":"u","pass_code":"p"}"#, "token"), (#"{"token":1}"#, "token"),
            (#"{"token":null}"#, "token"),
            (#"{"token":"t","token":"t"}"#, "token"), (#"{"token":"t","colour":1}"#, "colour"),
            (#"{"token":"t","audience":[]}"#, "audience"),
            (#"{"token":"t","write":1}"#, "write"), (#"{"token":"t","write":null}"#, "write"),
            (#"{"token":"t","flags":"a"}"#, "flags"),
            (#"{"token":"t","flags":["a",1]}"#, "flags.1"), (#"{"token":"t","flags":[""]}"#, "flags.0"),
            (#"{"token":"t","audience":"\#(String(repeating: "x", count: 257))"}"#, "audience"),
            (
                #"{"token":"t","flags":[\#(Array(repeating: "\"f\"", count: 33).joined(separator: ","))]}"#,
                "flags"
            ),
        ])
    func refusals(text: String, expected: String) {
        #expect(Self.member(text) == expected)
        #expect(ParamsDecoderTests.member(TokenVerify.self, text) == expected)
    }

    @Test("the fast path and the slow path take the same params and mean the same")
    func paths() {
        var generator = SeededGenerator(seed: 5)
        let seeds = [
            #"{"token":"tka_NFWIevo8_abc","audience":"default","flags":["a","\u0062"],"write":true}"#,
            #"{"user_code":"NFWIevo8","pass_code":"p\/q","write":false}"#, #"{"token":"é"}"#,
        ].map { Array($0.utf8) }
        var taken = 0
        for _ in 0..<20_000 {
            var text = seeds.randomElement(using: &generator)!
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                JSONDifferentialTests.damage(&text, &generator)
            }
            // The request scanner has seen to this much before.
            guard JSONScannerTests.scan(text) == nil, text.first == UInt8(ascii: "{") else { continue }
            taken += 1
            let fast = try? Self.scan(text)
            let slow = try? text.withUnsafeBytes { try ParamsDecoder.decode(TokenVerify.self, from: $0) }
                .params
            #expect((fast == nil) == (slow == nil), "\(String(decoding: text, as: UTF8.self))")
            guard let fast, let slow else { continue }
            let presented =
                slow.token.map { "token " + $0.exposed }
                ?? "\(slow.userCode ?? "") : \(slow.passCode?.exposed ?? "")"
            #expect(
                fast
                    == Seen(
                        presented: presented, audience: slow.audience, write: slow.write,
                        flags: slow.flags ?? []))
        }
        #expect(taken > 3000)
    }
}
