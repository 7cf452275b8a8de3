import Testing

@testable import AgentProtocol

@Suite struct JSONScannerTests {
    static func scan(_ bytes: [UInt8]) -> ScanError? {
        bytes.withUnsafeBytes { buffer in
            var scanner = JSONScanner(buffer)
            do throws(ScanError) {
                scanner.skipSpace()
                try scanner.skipValue(depth: 0)
                try scanner.expectEnd()
                return nil
            } catch {
                return error
            }
        }
    }

    @Test("legal JSON is taken", arguments: JSONTexts.legal)
    func legal(text: String) {
        #expect(Self.scan(Array(text.utf8)) == nil)
    }

    @Test("illegal JSON is refused", arguments: JSONTexts.illegal)
    func illegal(text: String) {
        #expect(Self.scan(Array(text.utf8)) != nil)
    }

    @Test("what is not UTF-8 is refused", arguments: JSONTexts.illegalBytes)
    func illegalUTF8(bytes: [UInt8]) {
        #expect(Self.scan(bytes)?.reason == .badUTF8)
    }

    @Test("every byte that ends a plain run is seen at every offset")
    func everyOffset() {
        for offset in 0..<40 {
            for byte in UInt8.min...UInt8.max {
                var text =
                    Array("\"".utf8) + Array(repeating: UInt8(ascii: "a"), count: 40) + Array("\"".utf8)
                text[1 + offset] = byte
                let isPlain = byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5C
                // A quote or a backslash in the middle leaves a tail that is no JSON.
                let isTaken = Self.scan(text) == nil
                #expect(isTaken == isPlain, "byte \(byte) at \(offset)")
            }
        }
    }

    @Test(
        "every prefix of a legal text is refused",
        arguments: [
            #"{"a":[1.5e+3,"\u00e9\ud83d\ude00é",null],"b":{"c":true}}"#
        ])
    func prefixes(text: String) {
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count {
            #expect(Self.scan(Array(bytes[..<count])) != nil)
        }
    }

    @Test("nesting is taken up to the limit and refused beyond it")
    func depth() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            func nested(_ depth: Int) -> [UInt8] {
                let value =
                    String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
                return Array(value.utf8)
            }
            #expect(Self.scan(nested(Limits.jsonDepthMax)) == nil)
            #expect(Self.scan(nested(Limits.jsonDepthMax + 1))?.reason == .tooDeep)
            #expect(Self.scan(nested(60_000))?.reason == .tooDeep)
        }
    }

    @Test(
        "escapes stand for what RFC 8259 says",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\ud83d\ude00!""#, "😀!"), (#""\u0000""#, "\u{0}"), (#""plain é""#, "plain é"),
            (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
        ])
    func unescape(raw: String, expected: String) throws {
        let value = try Array(raw.utf8).withUnsafeBytes { buffer in
            var scanner = JSONScanner(buffer)
            return scanner.text(try scanner.string())
        }
        #expect(value == expected)
    }
}
