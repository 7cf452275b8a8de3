import Testing

@testable import AgentProtocol

/// The short way of `token.create` beside the long one.
@Suite struct CreateScannerTests {
    static func scan(_ text: String) -> TokenCreate? {
        Array(text.utf8).withUnsafeBytes { CreateScanner.scan($0) }
    }

    @Test("what most requests hold is read the short way")
    func ordinary() throws {
        let texts = [
            #"{"owner":"alice"}"#, #"{ "owner" : { "id" : "1" , "source" : "corp" } , "name" : "n" }"#,
            #"{"audience":"x","flags":["f","g"],"write":false,"retrievable":true,"owner":"a@b"}"#,
            #"{"owner":"a","expires_at":"2026-11-21T19:54:43+01:00","idempotency_key":"k"}"#,
            #"{"owner":"a","expires_at":null}"#, #"{"allow_past":true,"owner":"a"}"#,
            #"{"owner":"a","expires_in":60,"flags":[]}"#, #"{"\u006fwner":"\u00e9\n"}"#,
        ]
        for text in texts {
            let taken = Self.scan(text)
            #expect(taken != nil, "\(text)")
            #expect(try taken == ParamsDecoderTests.decode(TokenCreate.self, text).0, "\(text)")
        }
    }

    @Test("whatever it takes, the long way takes and reads alike")
    func differential() {
        var generator = SeededGenerator(seed: 7)
        var taken = 0
        for _ in 0..<10_000 {
            var text = Array(Self.params(&generator).utf8)
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                JSONDifferentialTests.damage(&text, &generator)
            }
            // A line is checked to be JSON before its params are read, and they begin with their brace.
            guard text.first == UInt8(ascii: "{"), JSONScannerTests.scan(text) == nil else { continue }
            let short = text.withUnsafeBytes { CreateScanner.scan($0) }
            let line = String(decoding: text, as: UTF8.self)
            let long = try? ParamsDecoderTests.decode(TokenCreate.self, line)
            if let short {
                taken += 1
                #expect(short == long?.0 && long?.1 == nil, "\(line)")
            } else if long != nil {
                #expect(line.contains("\"as\""), "sent the long way: \(line)")
            }
        }
        #expect(taken > 500)
    }

    private static func params(_ g: inout SeededGenerator) -> String {
        let pool: [(String, [String])] = [
            ("owner", [#""alice""#, #""""#, #"{"source":"corp","id":"1"}"#, #"{"id":"1"}"#, "1", "null"]),
            ("audience", [#""x""#, #""""#, #""a\u0000b""#, #""\u00e9""#, "null"]),
            ("name", [#""n""#, #""""#, "\"\(String(repeating: "n", count: 257))\""]),
            ("write", ["true", "false", "null", "0"]), ("retrievable", ["true", "false"]),
            ("flags", ["[]", #"["f","g"]"#, #"[""]"#, "[1]", "{}"]),
            ("expires_at", [#""2026-11-21T19:54:43Z""#, "null", #""2026-13-01T00:00:00Z""#, "7", "true"]),
            ("allow_past", ["true", "false", "null"]),
            ("expires_in", ["60", "0", "-1", "1e3", "1.0", "99999999999999999999"]),
            ("idempotency_key", [#""k""#, #""""#]), ("as", [#"{"token":"t"}"#]), ("colour", ["1"]),
        ]
        var members = pool.filter { _ in Int.random(in: 0..<4, using: &g) == 0 }
        if members.first?.0 != "owner", Int.random(in: 0..<8, using: &g) > 0 { members.append(pool[0]) }
        members.shuffle(using: &g)
        let pieces = members.map { name, values in
            // Good values come first in each list, and mostly.
            let value = Bool.random(using: &g) ? values[0] : values.randomElement(using: &g)!
            return "\"\(name)\":\(value)"
        }
        return "{" + pieces.joined(separator: ",") + "}"
    }
}
