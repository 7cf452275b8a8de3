import Testing

@testable import TokenStorage

struct ByteStringsTests {
    @Test func aStringKeepsItsNumberWithinAGroupAndAfterIt() {
        var strings = ByteStrings()
        #expect(numbers(of: [["a"], ["b"], ["a"]], in: &strings) == [0, 1, 0])
        #expect(numbers(of: [["c"], ["b"], ["a"]], in: &strings) == [2, 1, 0])
    }

    @Test func partsDoNotRunIntoOneAnother() {
        var strings = ByteStrings()
        #expect(
            numbers(of: [["ab", "c"], ["a", "bc"], ["abc", ""], ["", "abc"]], in: &strings) == [0, 1, 2, 3])
    }

    @Test func onlyWhatIsNewIsHandedOutAndAsItWasAppended() {
        var strings = ByteStrings()
        #expect(news(of: [["ä", ""], ["x", "y"], ["ä", ""]], in: &strings) == [["ä", ""], ["x", "y"]])
        #expect(news(of: [["x", "y"], ["", ""]], in: &strings) == [["", ""]])
    }

    @Test func numbersOutliveTheTablesGrowth() {
        var strings = ByteStrings()
        let all = (0..<20_000).map { ["people", "\($0)"] }
        for start in stride(from: 0, to: all.count, by: 512) {
            let end = min(start + 512, all.count)
            #expect(numbers(of: Array(all[start..<end]), in: &strings) == Array(start..<end))
        }
        #expect(numbers(of: all.reversed(), in: &strings) == all.indices.reversed())
    }

    private func numbers(of asked: [[String]], in strings: inout ByteStrings) -> [Int] {
        ask(asked, &strings)
        var numbers: [Int] = []
        strings.answer { number, _ in numbers.append(number) }
        return numbers
    }

    private func news(of asked: [[String]], in strings: inout ByteStrings) -> [[String]] {
        ask(asked, &strings)
        var news: [[String]] = []
        strings.answer { _, new in
            if let new { news.append(new.map { String(decoding: $0, as: UTF8.self) }) }
        }
        return news
    }

    private func ask(_ asked: [[String]], _ strings: inout ByteStrings) {
        for parts in asked {
            for part in parts { Array(part.utf8).withUnsafeBytes { strings.append($0) } }
            strings.ask()
        }
    }
}
