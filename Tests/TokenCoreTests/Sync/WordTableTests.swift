import Testing

@testable import TokenCore

struct WordTableTests {
    @Test func itHoldsWhatADictionaryHolds() {
        var generator = SeededGenerator(seed: 7)
        var table = WordTable()
        var dictionary: [UInt64: UInt64] = [:]
        // Keys that often come again, and one of each kind that is special.
        let keys = (0..<5000).map { _ in UInt64.random(in: 0 ... .max, using: &generator) } + [0, .max]
        for _ in 0..<20_000 {
            let (key, word) = (
                keys.randomElement(using: &generator)!, UInt64.random(in: 0...9, using: &generator)
            )
            #expect(table.update(key, to: word) == dictionary.updateValue(word, forKey: key))
        }
        #expect(table.count == dictionary.count)
        for key in keys { #expect(table[key] == dictionary[key]) }
        #expect(table[12345] == nil)
    }

    @Test func aCopyIsOfItsOwn() {
        var table = WordTable(capacity: 10)
        table.update(1 << 60, to: 1)
        var copy = table
        copy.update(1 << 60, to: 2)
        table.update(1 << 61, to: 3)
        #expect(table[1 << 60] == 1 && copy[1 << 60] == 2)
        #expect(copy[1 << 61] == nil)
    }

    @Test func keysThatFollowEachOtherFindPlaces() {
        var table = WordTable()
        table.reserve(1000)
        for key in UInt64(0)..<1000 { table.update(.max - key, to: key) }
        #expect((UInt64(0)..<1000).allSatisfy { table[.max - $0] == $0 })
        #expect(table.count == 1000)
    }
}
