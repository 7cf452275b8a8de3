import Foundation
import NIOCore
import Testing

@testable import AgentProtocol

@Suite struct VerdictScannerTests {
    static func scan(_ line: [UInt8]) -> (id: Int64, answer: TokenVerify.Answer)? {
        line.withUnsafeBytes { bytes in
            guard let verdict = VerdictScanner(bytes), let answer = verdict.answer() else { return nil }
            return (verdict.id, answer)
        }
    }

    /// As a client reads any answer.
    static func decode(_ line: [UInt8]) -> (id: String, answer: TokenVerify.Answer)? {
        let frame = line.withUnsafeBytes { AnswerScanner.scan($0) }
        guard let frame, case .result(let range) = frame.outcome else { return nil }
        let answer = try? JSONDecoder().decode(TokenVerify.Answer.self, from: Data(line[range]))
        return answer.map { (String(decoding: line[frame.id], as: UTF8.self), $0) }
    }

    static func written(_ answer: TokenVerify.Answer, id: Int64) -> [UInt8] {
        var buffer = ByteBuffer()
        Array("\(id)".utf8).withUnsafeBytes { id in
            switch answer {
            case .active(let active): AnswerWriter.active(id: id, active, into: &buffer)
            case .inactive(let reason): AnswerWriter.inactive(id: id, reason, into: &buffer)
            }
        }
        return Array(buffer.readableBytesView.dropLast())
    }

    @Test func `what the daemon writes is read as that`() {
        var generator = SeededGenerator(seed: 11)
        for id in Int64(0)..<2000 {
            let answer = Self.answer(&generator)
            let line = Self.written(answer, id: id * 1_000_003)
            #expect(Self.scan(line)?.answer == answer, "\(String(decoding: line, as: UTF8.self))")
            #expect(Self.scan(line)?.id == id * 1_000_003)
        }
        for reason in TokenVerify.Reason.allCases {
            #expect(Self.scan(Self.written(.inactive(reason), id: 7))?.answer == .inactive(reason))
        }
    }

    @Test func `a reason of a newer daemon is a refusal`() {
        let line = #"{"jsonrpc":"2.0","id":1,"result":{"active":false,"reason":"too_old"}}"#
        #expect(Self.scan(Array(line.utf8))?.answer == .inactive(.unknown))
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","id":null,"result":{"active":false,"reason":"expired"}}"#,
        #"{"jsonrpc":"2.0","id":"1","result":{"active":false,"reason":"expired"}}"#,
        #"{"jsonrpc":"2.0","id":01,"result":{"active":false,"reason":"expired"}}"#,
        #"{"jsonrpc":"2.0","id":-1,"result":{"active":false,"reason":"expired"}}"#,
        #"{"jsonrpc":"2.0","id":9223372036854775808,"result":{"active":false,"reason":"expired"}}"#,
        #"{"jsonrpc":"2.0","id":,"result":{"active":false,"reason":"expired"}}"#,
        #"{"jsonrpc":"2.0","id":1,"result":{"active":false,"reason":"expired"}} "#,
        #"{"jsonrpc":"2.0","id":1,"result":{"active":false,"reason":"expired","since":1}}"#,
        #"{"id":1,"jsonrpc":"2.0","result":{"active":false,"reason":"expired"}}"#,
        #"{"jsonrpc":"2.0","id":1,"error":{"code":-32002,"message":"x"}}"#, "", "{",
    ]) func `another spelling, or another answer, is left to others`(line: String) {
        #expect(Self.scan(Array(line.utf8)) == nil)
    }

    @Test func `what it reads of a damaged line, a decoder reads in the same way`() {
        var generator = SeededGenerator(seed: 12)
        var taken = 0
        var refused = 0
        for round in 0..<20_000 {
            var line = Self.written(Self.answer(&generator), id: Int64(round))
            for _ in 0..<Int.random(in: 1...2, using: &generator) {
                JSONDifferentialTests.damage(&line, &generator)
            }
            guard let (id, answer) = Self.scan(line) else {
                refused += 1
                continue
            }
            taken += 1
            let decoded = Self.decode(line)
            let told = Comment(rawValue: String(decoding: line, as: UTF8.self))
            #expect(decoded?.answer == answer, told)
            #expect(decoded?.id == "\(id)", told)
        }
        #expect(taken > 1000 && refused > 1000)
    }

    // MARK: Any answer

    private static func answer(_ generator: inout SeededGenerator) -> TokenVerify.Answer {
        if Int.random(in: 0..<8, using: &generator) == 0 {
            return .inactive(TokenVerify.Reason.allCases.randomElement(using: &generator)!)
        }
        func text() -> String { Self.text(&generator) }
        let email: String? = Bool.random(using: &generator) ? text() : nil
        let owner = Owner(source: text(), id: text(), login: text(), email: email)
        let flags = (0..<Int.random(in: 0...3, using: &generator)).map { _ in text() }
        let time = WireTime(milliseconds: .random(in: 0...4_000_000_000_000, using: &generator))
        return .active(
            TokenVerify.Active(
                id: text(), owner: owner, audience: text(), name: text(),
                write: .random(using: &generator), flags: flags,
                expiresAt: Bool.random(using: &generator) ? time : nil))
    }

    static func text(_ generator: inout SeededGenerator) -> String {
        let pieces = [
            "a", "default", "alice@example.org", "7b1e9a52-6c1d-103f-9d3e-000000000000", "é", "€", "😀", "\"",
            "\\", "/", "\u{0}", "\u{1F}", "\n", "\u{7F}", "\u{2028}", "e\u{301}", #"\u0041"#, "}", ",",
        ]
        return (0..<Int.random(in: 0...4, using: &generator)).map { _ in
            pieces.randomElement(using: &generator)!
        }.joined()
    }
}
