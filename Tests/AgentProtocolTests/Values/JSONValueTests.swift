import AgentProtocol
import Foundation
import Testing

/// Texts of strangers, read in one pass.
struct JSONValueTests {
    @Test(arguments: [
        #"{}"#, #"[]"#, #" { "a" : [ 1 , -2.5 , true , false , null , "x" ] } "#,
        #""\ud83d\ude00\n\"\\\/""#,
        "0", "-0", "1e3", "9223372036854775807", "9223372036854775808", "1.5e-3",
        #"{"a":{"b":{"c":[[[]]]}}}"#,
    ])
    func theyAreWhatFoundationReads(text: String) throws {
        let decoded = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        #expect(try JSONValue(strict: Array(text.utf8)) == decoded)
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\"}", "01", "1.", "+1", "1e999", "nul", "\"\u{1}\"", "\"\\x\"", "{} {}",
        "\"\\ud800\"", "\u{feff}{}",
    ])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(throws: JSONValue.Fault.self) { try JSONValue(strict: Array(text.utf8)) }
    }

    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian, .utf16, .utf32])
    func itIsUTF8AndNothingElse(encoding: String.Encoding) throws {
        let text = try #require(#"{"a":1}"#.data(using: encoding))
        #expect(throws: JSONValue.Fault.self) { try JSONValue(strict: Array(text)) }
        #expect(throws: JSONValue.Fault.self) { try JSONValue(strict: [0x22, 0xFF, 0x22]) }
    }

    @Test func aNameGivenTwiceIsRefused() throws {
        #expect(throws: JSONValue.Fault.self) { try JSONValue(strict: Array(#"{"a":1,"\u0061":2}"#.utf8)) }
    }

    /// As long as a body may be, and as much work as can be put into it.
    @Test func theTimeOfAReadingGrowsWithItsLength() throws {
        let level = String(repeating: "[", count: 31) + String(repeating: "]", count: 31) + ","
        func time(_ count: Int) throws -> Duration {
            let text = Array("[\(String(repeating: level, count: count))0]".utf8)
            let clock = ContinuousClock()
            return try (0..<5).map { _ in try clock.measure { _ = try JSONValue(strict: text) } }.min()!
        }
        let (short, long) = (try time(50), try time(1000))
        #expect(long < short * 200, "20 times the text: \(short), \(long)")
    }
}
