import Testing

@testable import tokenagent

/// A reload must not take the daemon down, whatever an editor or a full disk left in the file.
@Suite struct ConfigurationMutilationTests {
    @Test func `a mutilated file is read or refused, and nothing else`() {
        var random = Xorshift(state: 0x9E37_79B9_7F4A_7C15)
        let original = Array(documentedYAML.utf8)
        let pieces: [[UInt8]] = [
            "{", "[", "&a ", "*a", "\n", "  ", "'", "\"", "\0", "\t", "!!", "<<: ", "ü", "---\n",
        ]
        .map { Array($0.utf8) }
        var refused = 0
        for _ in 0..<500 {
            var bytes = original
            for _ in 0...Int(random.next() % 3) {
                let start = Int(random.next() % UInt64(bytes.count))
                let end = min(bytes.count, start + Int(random.next() % 20))
                bytes.replaceSubrange(start..<end, with: pieces[Int(random.next() % UInt64(pieces.count))])
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if !problems(text).isEmpty { refused += 1 }
        }
        #expect(refused > 250)
    }

    @Test(arguments: ["[", "{a: ", "- "])
    func `brackets without end are refused`(opening: String) {
        let text = String(repeating: opening, count: 100_000)
        #expect(!problems(text).isEmpty)
    }
}

private struct Xorshift {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state >> 11
    }
}
