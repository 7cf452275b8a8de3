import Foundation
import Testing

@testable import AgentProtocol

/// The scanner against Foundation's, over lines that were generated and then damaged.
@Suite struct JSONDifferentialTests {
    /// All seeds together: a minute of a processor's time. JSON_DIFFERENTIAL_LINES asks for another number.
    static let lines =
        ProcessInfo.processInfo.environment["JSON_DIFFERENTIAL_LINES"].flatMap { Int($0) } ?? 1_000_000

    @Test(
        "the scanner and JSONSerialization agree on generated and damaged lines",
        arguments: [1, 2, 3, 4] as [UInt64])
    func agreement(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        let rounds = Self.lines / 4
        for round in 0..<rounds {
            var text = JSONMaker(generator: generator).line(&generator)
            for _ in 0..<Int.random(in: 0...2, using: &generator) { Self.damage(&text, &generator) }
            let scanned = JSONScannerTests.scan(text)
            if scanned == nil { accepted += 1 }
            guard Self.isExplained(scanned, text) == false else { continue }
            let foundation =
                (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)) != nil
            let told =
                "seed \(seed) round \(round): \(String(decoding: text, as: UTF8.self)) "
                + "\(text) \(String(describing: scanned))"
            #expect((scanned == nil) == foundation, Comment(rawValue: told))
        }
        // Otherwise the test would compare refusals only.
        #expect(accepted > rounds / 5)
    }

    /// The differences, all of them. Ours: the depth, 32 where Foundation's is 512. Foundation's
    /// leniencies: a comma before `}` or `]`, and other encodings of Unicode, by their mark or guessed from
    /// NULs among the first bytes. Foundation's strictness: a number beyond Double, which the grammar of
    /// RFC 8259 section 6 allows.
    static func isExplained(_ error: ScanError?, _ text: [UInt8]) -> Bool {
        let marks: [[UInt8]] = [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]]
        if marks.contains(where: { text.starts(with: $0) }) || text.prefix(4).contains(0) { return true }
        guard let error else { return hasHugeNumber(text) }
        return error.reason == .tooDeep || isTrailingComma(text, at: error.offset)
    }

    static func isTrailingComma(_ text: [UInt8], at offset: Int) -> Bool {
        guard offset < text.count, text[offset] == UInt8(ascii: "}") || text[offset] == UInt8(ascii: "]")
        else { return false }
        return text[..<offset].last { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: ",")
    }

    static func hasHugeNumber(_ text: [UInt8]) -> Bool {
        text.split { !"+-.0123456789eE".utf8.contains($0) }.contains { number in
            Double(String(decoding: number, as: UTF8.self)).map { !$0.isFinite } ?? false
        }
    }

    static func damage(_ text: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !text.isEmpty else { return }
        let place = Int.random(in: 0..<text.count, using: &generator)
        let special = Array("\"\\{}[]:,0.eE-+utfn \t\n\u{1}/".utf8) + [0x80, 0xC3, 0xED, 0xF4, 0xFF, 0x00]
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: text.remove(at: place)
        case 1: text.insert(special.randomElement(using: &generator)!, at: place)
        case 2: text[place] = special.randomElement(using: &generator)!
        case 3: text[place] = UInt8.random(in: 0...255, using: &generator)
        default: text.removeSubrange(place...)
        }
    }
}

/// Makes legal JSON, in all its spellings.
private struct JSONMaker {
    var generator: SeededGenerator

    func line(_ g: inout SeededGenerator) -> [UInt8] {
        if Bool.random(using: &g) { return Array(value(&g, depth: 0).utf8) }
        let id = ["1", "\"x\"", "null", "1.5", "-0"].randomElement(using: &g)!
        return Array(
            #"{"jsonrpc":"2.0","id":\#(id),"method":"token.verify","params":\#(object(&g, depth: 1))}"#.utf8)
    }

    private func value(_ g: inout SeededGenerator, depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 8), using: &g) {
        case 0: ["null", "true", "false"].randomElement(using: &g)!
        case 1, 2: number(&g)
        case 3, 4: string(&g)
        case 5: object(&g, depth: depth + 1)
        default:
            "["
                + (0..<Int.random(in: 0...3, using: &g)).map { _ in value(&g, depth: depth + 1) }.joined(
                    separator: comma(&g)) + "]"
        }
    }

    private func object(_ g: inout SeededGenerator, depth: Int) -> String {
        let members = (0..<Int.random(in: 0...3, using: &g)).map { index in
            // Numbered, so that no name comes twice: Foundation takes duplicates, and so does the scanner's
            // grammar.
            "\"\(index)\(string(&g).dropFirst())\(space(&g)):\(space(&g))\(value(&g, depth: depth + 1))"
        }
        return "{" + space(&g) + members.joined(separator: comma(&g)) + space(&g) + "}"
    }

    private func comma(_ g: inout SeededGenerator) -> String { space(&g) + "," + space(&g) }

    private func space(_ g: inout SeededGenerator) -> String {
        ["", "", "", " ", "\t", "\r\n", "  "].randomElement(using: &g)!
    }

    private func number(_ g: inout SeededGenerator) -> String {
        let sign = ["", "-"].randomElement(using: &g)!
        let integer = ["0", "1", "42", "1234567890"].randomElement(using: &g)!
        let fraction = ["", ".0", ".25", ".123456"].randomElement(using: &g)!
        return sign + integer + fraction + ["", "e3", "E-2", "e+10"].randomElement(using: &g)!
    }

    private func string(_ g: inout SeededGenerator) -> String {
        let pieces = [
            "a", "token", "tka_NFWIevo8", "é", "€", "😀", #"\n"#, #"\""#, #"\\"#, #"\/"#, #"\u00e9"#,
            #"\ud83d\ude00"#, " ", "\u{7F}",
            "0123456789abcdef",
        ]
        return "\""
            + (0..<Int.random(in: 0...4, using: &g)).map { _ in pieces.randomElement(using: &g)! }.joined()
            + "\""
    }
}
