import Testing

@testable import TokenCore

struct PassCodeTests {
    @Test func itIsFortyFourDigitsLong() {
        let (_, passCode) = halves(seed: 1)
        #expect(passCode.reveal().utf8.count == 44)
        #expect(passCode.reveal().utf8.allSatisfy(Base62.alphabet.contains))
    }

    @Test func everyDigitIsDrawn() {
        var generator = SeededGenerator(seed: 44)
        let code = UserCode.random(using: &generator)
        let drawn = (0..<200).flatMap { _ in
            PassCode.random(for: code, using: &generator).reveal().utf8.prefix(PassCode.randomLength)
        }
        #expect(Set(drawn) == Set(Base62.alphabet))
    }

    /// 62 possible ones, 38,000 drawn: the sum of squares is near 61, and over 125 by chance once in a
    /// million.
    @Test func everyDigitIsAsLikely() {
        var generator = SeededGenerator(seed: 45)
        let code = UserCode.random(using: &generator)
        let drawn = (0..<1000).flatMap { _ in
            PassCode.random(for: code, using: &generator).reveal().utf8.prefix(PassCode.randomLength)
        }
        let counts = Dictionary(grouping: drawn) { $0 }.values.map { Double($0.count) }
        let expected = Double(drawn.count) / 62
        #expect(counts.map { ($0 - expected) * ($0 - expected) / expected }.reduce(0, +) < 125)
    }

    @Test func aSealedOneOfAnotherLengthIsRefused() {
        #expect(PassCode(unsealed: Array(repeating: 65, count: 43)) == nil)
        #expect(PassCode(unsealed: Array(repeating: 65, count: 45)) == nil)
        #expect(PassCode(unsealed: []) == nil)
    }

    @Test func itIsNeverPrinted() {
        let (code, passCode) = halves(seed: 2)
        let secret = passCode.reveal()
        for text in printed(passCode) + printed([passCode]) + printed((code, passCode)) {
            #expect(!text.contains(secret.prefix(8)))
        }
        #expect("\(passCode)" == "•••")
        #expect(passCode.customMirror.children.isEmpty)
    }
}
