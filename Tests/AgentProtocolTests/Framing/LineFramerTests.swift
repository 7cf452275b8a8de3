import NIOCore
import Testing

@testable import AgentProtocol

@Suite struct LineFramerTests {
    enum Seen: Equatable {
        case line(String)
        case overlong
    }

    static func drain(_ framer: inout LineFramer, max: Int = .max) -> [Seen] {
        var seen: [Seen] = []
        framer.forEachPiece { piece in
            switch piece {
            case .line(let bytes): seen.append(.line(String(decoding: bytes, as: UTF8.self)))
            case .overlong: seen.append(.overlong)
            }
            return seen.count < max ? .next : .pause
        }
        return seen
    }

    static func frame(_ chunks: [String], lineBytesMax: Int = 16) -> [Seen] {
        var framer = LineFramer(lineBytesMax: lineBytesMax)
        return chunks.flatMap { chunk in
            framer.append(ByteBuffer(string: chunk))
            return drain(&framer)
        }
    }

    @Test("lines are cut at line feeds, with or without a carriage return")
    func lines() {
        #expect(Self.frame(["a\nb\r\nc"]) == [.line("a"), .line("b")])
        #expect(Self.frame(["a", "\n"]) == [.line("a")])
    }

    @Test("lines of white space are skipped")
    func blank() {
        #expect(Self.frame(["\n\r\n \t\n\na\n"]) == [.line("a")])
    }

    @Test("any cut into chunks gives the same lines")
    func chunkBoundaries() {
        let text =
            "first\nsecond\r\n\n\(String(repeating: "x", count: 40))\nafter é\n"
            + "0123456789abcdef\n0123456789abcdefg\nend\n"
        let whole = Self.frame([text])
        #expect(
            whole == [
                .line("first"), .line("second"), .overlong, .line("after é"), .line("0123456789abcdef"),
                .overlong, .line("end"),
            ])
        let bytes = Array(text.utf8)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            var framer = LineFramer(lineBytesMax: 16)
            var seen: [Seen] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...min(rest.count, 20), using: &generator)
                framer.append(ByteBuffer(bytes: rest.prefix(count)))
                rest = rest.dropFirst(count)
                seen += Self.drain(&framer)
            }
            #expect(seen == whole)
            #expect(!framer.hasPartialLine)
        }
    }

    @Test("a line without end is told once and takes no memory")
    func overlongWithoutEnd() {
        var framer = LineFramer(lineBytesMax: 1024)
        var seen: [Seen] = []
        for _ in 0..<1000 {
            framer.append(ByteBuffer(repeating: UInt8(ascii: "x"), count: 1000))
            seen += Self.drain(&framer)
            #expect(framer.heldBytes <= 1024)
            #expect(framer.hasPartialLine)
        }
        #expect(seen == [.overlong])
        framer.append(ByteBuffer(string: "tail\nnext\n"))
        #expect(Self.drain(&framer) == [.line("next")])
        #expect(!framer.hasPartialLine)
    }

    @Test("a pause keeps what is left, and nothing is lost")
    func pause() {
        var framer = LineFramer()
        framer.append(ByteBuffer(string: "1\n2\n3\n4"))
        #expect(Self.drain(&framer, max: 1) == [.line("1")])
        framer.append(ByteBuffer(string: "\n5\n"))
        #expect(Self.drain(&framer, max: 2) == [.line("2"), .line("3")])
        #expect(Self.drain(&framer) == [.line("4"), .line("5")])
        #expect(framer.heldBytes == 0)
    }

    @Test("a sender of single bytes is read as any other")
    func drip() {
        let text = String(repeating: "y", count: 5000)
        #expect(Self.frame((text + "\n").map(String.init), lineBytesMax: 5000) == [.line(text)])
    }
}
