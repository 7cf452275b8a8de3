import Testing

@testable import AgentProtocol

/// What is recognised by its shape means what the full scanner says it means.
@Suite struct VerifyShapeTests {
    /// A verify's parts as text, by whoever read it.
    private struct Seen: Equatable {
        let id: String
        let token: String
        let audience: String?
        let write: Bool?
        let flags: [String]

        init(_ verify: VerifyLine) {
            id = String(decoding: verify.id, as: UTF8.self)
            token = String(decoding: verify.token, as: UTF8.self)
            audience = verify.demand.audience.map { String(decoding: $0, as: UTF8.self) }
            write = verify.demand.write
            flags = verify.demand.flags.strings
        }
    }

    /// By the full scanner; nil for what is no plain verify.
    private static func scan<T>(_ line: UnsafeRawBufferPointer, _ body: (VerifyLine) -> T) -> T? {
        guard case .single(let frame) = RequestScanner.scan(line), frame.method == .tokenVerify,
            frame.refusal == nil, let id = frame.id(in: line),
            let params = try? VerifyScanner.scan(frame.params(in: line)),
            let verify = VerifyLine(id: id, params)
        else { return nil }
        return withExtendedLifetime(params) { body(verify) }
    }

    private static func learnt(from line: String) -> VerifyShape {
        var shape = VerifyShape()
        Array(line.utf8).withUnsafeBytes { line in _ = scan(line) { shape.learn(line, $0) } }
        return shape
    }

    private static func match(_ line: String, by shape: borrowing VerifyShape) -> Seen? {
        Array(line.utf8).withUnsafeBytes { shape.match($0).map(Seen.init) }
    }

    private static let shapes = [
        #"{"jsonrpc":"2.0","id":7,"method":"token.verify","params":{"token":"tka_abc"}}"#,
        #"{"jsonrpc":"2.0","method":"token.verify","params":{"token":"tka_abc"},"id":0}"#,
        #" { "id" : 123456 , "params" : { "audience":"web", "token" : "tka_abc" , "write":true } , "#
            + #""jsonrpc":"2.0","method":"token.verify" } "#,
        #"{"params":{"flags":["a","b\n"],"t\u006fken":"*******","audience":"ü"},"method":"token.v\u0065ri"#
            + #"fy","jsonrpc":"2.0","id":9}"#,
    ]

    @Test("the next request of the same shape is read from it", arguments: shapes)
    func next(line: String) throws {
        let shape = Self.learnt(from: line)
        let other = line.replacing("tka_abc", with: "tka_xyz").replacing("*******", with: "*-_/A9~")
        for id in ["1", "10", "999999999999999999"] {
            let other = other.replacing(/"id"( ?: ?)\d+/) { #""id"\#($0.output.1)\#(id)"# }
            let matched = Self.match(other, by: shape)
            let seen = try #require(matched)
            let scanned = Array(other.utf8).withUnsafeBytes { Self.scan($0) { Seen($0) } }
            #expect(seen == scanned && seen.id == id)
        }
    }

    @Test("what is not of the shape is left to the full scanner")
    func others() {
        let line = Self.shapes[0]
        let shape = Self.learnt(from: line)
        let same = Self.match(line, by: shape)
        #expect(same != nil)
        for id in ["", "01", "-1", "1.0", "1e3", "\"1\"", "null", "1 ", "1000000000000000000"] {
            let seen = Self.match(line.replacing("\"id\":7", with: "\"id\":\(id)"), by: shape)
            #expect(seen == nil)
        }
        for token in ["tka_ab", "tka_abcd", "tka_a\"c", "tka_a\\c", "tka_a\nc", "tka_a\u{7f}ü", ""] {
            let seen = Self.match(line.replacing("tka_abc", with: token), by: shape)
            #expect(seen == nil)
        }
        for other in ["", " ", line + " ", " " + line, line.replacing("2.0", with: "2.1")] {
            let seen = Self.match(other, by: shape)
            #expect(seen == nil)
        }
        let unlearnt = Self.match(line, by: VerifyShape())
        #expect(unlearnt == nil)
    }

    @Test("only a plain verify with a whole number for its id is learnt")
    func learning() {
        for id in ["\"1\"", "null", "-1", "1.5", "1e3"] {
            let line = Self.shapes[0].replacing("\"id\":7", with: "\"id\":\(id)")
            let seen = Self.match(line, by: Self.learnt(from: line))
            #expect(seen == nil)
        }
        let long = Self.shapes[0].replacing("tka_abc", with: String(repeating: "x", count: 2000))
        let seen = Self.match(long, by: Self.learnt(from: long))
        #expect(seen == nil)
    }

    @Test("over changed lines it never says anything but what the full scanner says")
    func differential() {
        var generator = SeededGenerator(seed: 5)
        let pieces = [
            "\"", "\\", "{", "}", ",", ":", " ", "0", "1", "9", "-", ".", "e", "\n", "\t", "\u{1}", "é",
            "\u{7f}",
            "a", "_",
        ].map { Array($0.utf8) }
        var recognised = 0
        for text in Self.shapes {
            let shape = Self.learnt(from: text)
            for _ in 0..<8000 {
                var line = Array(text.utf8)
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    let place = Int.random(in: 0..<line.count, using: &generator)
                    let end = min(line.count, place + Int.random(in: 0...2, using: &generator))
                    line.replaceSubrange(place..<end, with: pieces.randomElement(using: &generator)!)
                }
                line.withUnsafeBytes { line in
                    guard let seen = shape.match(line).map(Seen.init) else { return }
                    recognised += 1
                    #expect(seen == Self.scan(line) { Seen($0) })
                }
            }
        }
        #expect(recognised > 300, "\(recognised)")
    }
}
